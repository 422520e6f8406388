//! `/api/openapi.json` and the routes say the same.

use serde_json::Value;

use super::{site, text};

#[tokio::test]
async fn the_document_describes_every_route_and_no_other() {
    let site = site().await;
    let stranger = site.program_with("");
    let document = stranger.get("/api/openapi.json").await.good();
    if let Ok(file) = std::env::var("API_DOCUMENT") {
        std::fs::write(file, document.to_string()).unwrap();
    }
    let mut described = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.push((method.to_uppercase(), path.clone()));
            is_whole(&document, path, method, operation);
        }
    }
    let routes = countersign::web::routes(&site.web);
    let mut declared: Vec<(String, String)> = routes
        .declared()
        .iter()
        .filter(|route| route.path.starts_with("/api/v1/"))
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    described.sort();
    declared.sort();
    assert_eq!(described, declared);
}

/// Every parameter of the path is described, every answer has a shape, and problems are among them.
fn is_whole(document: &Value, path: &str, method: &str, operation: &Value) {
    let name = format!("{method} {path}");
    assert!(!text(&operation["operationId"]).contains('_'), "{name}");
    assert!(!text(&operation["summary"]).is_empty(), "{name}");
    let parameters = operation["parameters"].as_array();
    let described: Vec<&str> = parameters
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "path")
        .map(|parameter| text(&parameter["name"]))
        .collect();
    let named: Vec<&str> = path
        .split('{')
        .skip(1)
        .map(|rest| rest.split('}').next().unwrap())
        .collect();
    assert_eq!(described, named, "{name}");
    let answers = operation["responses"].as_object().unwrap();
    for status in ["400", "401", "403", "404", "429", "500", "503"] {
        let shared = text(&answers[status]["$ref"]).replace("#/components/responses/", "");
        let problem = &document["components"]["responses"][&shared];
        let schema = &problem["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Problem", "{name} {status}");
    }
    let good = answers.keys().filter(|status| status.starts_with('2'));
    assert_eq!(good.count(), 1, "{name}");
    if method != "get" {
        assert!(!operation["requestBody"]["content"].is_null(), "{name}");
        for status in ["409", "412", "413", "415", "422", "428"] {
            assert!(answers.contains_key(status), "{name} {status}");
        }
    }
}

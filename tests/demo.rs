//! The sample: its past is played by the product itself, and ends as the register that the binary carries.

mod common;

use countersign::demo;
use countersign::repository::SigningKey;

#[tokio::test]
async fn plays() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::load_or_create(&folder.path().join("key")).unwrap();
    let start = std::time::Instant::now();
    demo::build(&folder.path().join("demo.git"), key)
        .await
        .unwrap();
    eprintln!("{:?}", start.elapsed());
}

//! The word somebody probably meant.

/// Returns the candidate closest to a word, when it is close enough to be a slip of the hand.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted: Vec<char> = word.to_lowercase().chars().take(LONGEST).collect();
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= allowed(wanted.len(), candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words longer than this are compared by their beginnings: nobody types them by hand, and the comparison is quadratic.
const LONGEST: usize = 64;

/// A third of the longer word may differ.
fn allowed(length: usize, candidate: &str) -> usize {
    (length.max(candidate.chars().count()) / 3).max(1)
}

/// Returns how many single letters must be added, removed, changed or swapped with a neighbour, ignoring case.
fn distance(wanted: &[char], candidate: &str) -> usize {
    let candidate: Vec<char> = candidate.to_lowercase().chars().take(LONGEST).collect();
    let width = candidate.len() + 1;
    let mut rows: Vec<Vec<usize>> = vec![(0..width).collect()];
    for (line, letter) in wanted.iter().enumerate() {
        let mut row = vec![line + 1];
        for (column, other) in candidate.iter().enumerate() {
            let changed = rows[line][column] + usize::from(letter != other);
            let mut least = changed.min(rows[line][column + 1] + 1).min(row[column] + 1);
            let swapped = line > 0
                && column > 0
                && *letter == candidate[column - 1]
                && wanted[line - 1] == *other;
            if swapped {
                least = least.min(rows[line - 1][column - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[wanted.len()][width - 1]
}

/// Returns words as a person lists them: `"a", "b" and "c"`.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words
        .into_iter()
        .map(|word| format!("\"{word}\""))
        .collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// Returns the next step for a word that is none of the known ones.
pub(crate) fn instead(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(candidate) => format!("did you mean \"{candidate}\"?"),
        None if known.is_empty() => "there is none yet; declare it first".to_owned(),
        None => format!("the known ones are {}", listed(known.iter().copied())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        let words = ["draft", "validated", "active", "superseded"];
        assert_eq!(nearest("actve", words), Some("active"));
        assert_eq!(nearest("Darft", words), Some("draft"));
        assert_eq!(nearest("banana", words), None);
        assert_eq!(nearest("", words), None);
    }
}

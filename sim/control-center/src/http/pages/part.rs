//! Which part of a long list a page shows.

use std::ops::Range;

/// Lines on a page; how many HYPR shows is not published.
const LINES_ON_A_PAGE: usize = 20;

/// One page of a list, and how to get to its neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    range: Range<usize>,
    total: usize,
    page: usize,
}

impl Part {
    /// The page of this number, counted from 1; a number beyond either end is that end.
    pub(super) fn of(total: usize, page: usize) -> Self {
        let page = page.clamp(1, total.div_ceil(LINES_ON_A_PAGE).max(1));
        let first = (page - 1) * LINES_ON_A_PAGE;
        Self { range: first..total.min(first + LINES_ON_A_PAGE), total, page }
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// `1 to 20 of 45`.
    pub(super) fn words(&self) -> String {
        format!("{} to {} of {}", self.range.start + 1, self.range.end, self.total)
    }

    pub(super) fn previous(&self) -> Option<usize> {
        (self.page > 1).then(|| self.page - 1)
    }

    pub(super) fn next(&self) -> Option<usize> {
        (self.range.end < self.total).then(|| self.page + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_twenty_lines_and_the_last_one_the_rest() {
        let check = |total, page, words: &str, neighbours| {
            let part = Part::of(total, page);
            assert_eq!((part.words().as_str(), (part.previous(), part.next())), (words, neighbours));
        };
        check(45, 1, "1 to 20 of 45", (None, Some(2)));
        check(45, 2, "21 to 40 of 45", (Some(1), Some(3)));
        check(45, 3, "41 to 45 of 45", (Some(2), None));
        check(45, usize::MAX, "41 to 45 of 45", (Some(2), None));
        check(20, 0, "1 to 20 of 20", (None, None));
        assert_eq!(Part::of(0, 7).range(), 0..0);
    }
}

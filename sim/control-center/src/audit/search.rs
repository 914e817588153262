//! Which records somebody asks for: an application, a window of time, words (`hypr.md` §2.6).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::Record;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// One application, or all of them.
    pub rp_app_id: Option<String>,
    /// The first instant.
    pub from: Timestamp,
    /// The last instant.
    pub to: Timestamp,
    /// Words in Username, Machine ID, Session ID, Device ID or Trace ID; letter case does not matter.
    pub text: String,
}

/// The quick filters of the page; days are those of UTC, a convention of the lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuickFilter {
    /// The default.
    #[default]
    LastHour,
    /// Since midnight.
    Today,
    /// The day before.
    Yesterday,
    /// The last 7 times 24 hours.
    LastSevenDays,
    /// The last 30 times 24 hours.
    LastThirtyDays,
}

impl Search {
    /// Whether a record is asked for.
    #[must_use]
    pub fn finds(&self, record: &Record) -> bool {
        let in_time = (self.from..=self.to).contains(&record.event_time);
        let of_application = self.rp_app_id.as_ref().is_none_or(|wanted| record.rp_app_id.as_ref() == Some(wanted));
        in_time && of_application && self.has_words(record)
    }

    fn has_words(&self, record: &Record) -> bool {
        let text = self.text.to_lowercase();
        let fields = [&record.username, &record.machine_id, &record.session_id, &record.device_id];
        let mut values = fields.into_iter().flatten().chain([&record.trace_id]);
        text.is_empty() || values.any(|value| value.to_lowercase().contains(&text))
    }
}

impl QuickFilter {
    /// All of them, in HYPR's order.
    pub const ALL: [Self; 5] =
        [Self::LastHour, Self::Today, Self::Yesterday, Self::LastSevenDays, Self::LastThirtyDays];

    /// HYPR's words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LastHour => "Last Hour",
            Self::Today => "Today",
            Self::Yesterday => "Yesterday",
            Self::LastSevenDays => "Last 7 days",
            Self::LastThirtyDays => "Last 30 days",
        }
    }

    /// First and last instant, seen from `now`.
    #[must_use]
    pub fn window(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let today = now.to_zoned(TimeZone::UTC).date();
        match self {
            Self::LastHour => (now - SignedDuration::from_hours(1), now),
            Self::Today => (midnight(today), now),
            Self::Yesterday => {
                let yesterday = midnight(today.saturating_sub(1.day()));
                (yesterday, midnight(today) - SignedDuration::from_nanos(1))
            }
            Self::LastSevenDays => (now - SignedDuration::from_hours(24 * 7), now),
            Self::LastThirtyDays => (now - SignedDuration::from_hours(24 * 30), now),
        }
    }
}

fn midnight(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_filters_end_where_their_words_say() {
        let check = |filter: QuickFilter, from: &str, to: &str| {
            let window = filter.window("2027-03-01T09:30:00Z".parse().unwrap());
            assert_eq!(window, (from.parse().unwrap(), to.parse().unwrap()), "{filter:?}");
        };
        check(QuickFilter::LastHour, "2027-03-01T08:30:00Z", "2027-03-01T09:30:00Z");
        check(QuickFilter::Today, "2027-03-01T00:00:00Z", "2027-03-01T09:30:00Z");
        check(QuickFilter::Yesterday, "2027-02-28T00:00:00Z", "2027-02-28T23:59:59.999999999Z");
        check(QuickFilter::LastSevenDays, "2027-02-22T09:30:00Z", "2027-03-01T09:30:00Z");
        check(QuickFilter::LastThirtyDays, "2027-01-30T09:30:00Z", "2027-03-01T09:30:00Z");
    }
}

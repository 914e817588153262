//! The plot of `latency.html`: for each operation its median, p95, p99 and maximum on a logarithmic scale.
//!
//! Drawn in three fixed colours, which the page's style maps to those of the reader's light or dark theme.

use plotters::prelude::*;

use super::Latency;

const INK: RGBColor = RGBColor(0x11, 0x11, 0x11);
const RULE: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);
const MARK: RGBColor = RGBColor(0x33, 0x66, 0xCC);

const WIDTH: i32 = 860;
const ROW_HEIGHT: i32 = 30;
const LEFT: i32 = 190;
const RIGHT: i32 = 30;
const TOP: i32 = 34;

/// An SVG element.
pub(super) fn draw(latencies: &[Latency]) -> String {
    let height = TOP + ROW_HEIGHT * i32::try_from(latencies.len()).unwrap_or(i32::MAX / ROW_HEIGHT - TOP) + 10;
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (WIDTH.unsigned_abs(), height.unsigned_abs())).into_drawing_area();
    let scale = Scale::over(latencies);
    let drawn = grid(&area, &scale, height).and_then(|()| {
        let rows = (TOP + ROW_HEIGHT / 2..).step_by(ROW_HEIGHT.unsigned_abs() as usize);
        latencies.iter().zip(rows).try_for_each(|(latency, y)| row(&area, &scale, latency, y))
    });
    drawn.and_then(|()| area.present()).expect("drawing into a string does not fail");
    drop(area);
    svg
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Whole powers of ten of nanoseconds that hold every value.
struct Scale {
    low: i32,
    high: i32,
}

impl Scale {
    fn over(latencies: &[Latency]) -> Self {
        let exponent = |ns: u64| (ns.max(1) as f64).log10();
        let low = latencies.iter().map(|row| exponent(row.p50_ns)).fold(f64::INFINITY, f64::min);
        let high = latencies.iter().map(|row| exponent(row.max_ns)).fold(0.0, f64::max);
        let low = if low.is_finite() { low.floor() as i32 } else { 0 };
        Self { low, high: (high.ceil() as i32).max(low + 1) }
    }

    fn x(&self, ns: u64) -> i32 {
        let share = ((ns.max(1) as f64).log10() - f64::from(self.low)) / f64::from(self.high - self.low);
        LEFT + (share * f64::from(WIDTH - LEFT - RIGHT)).round() as i32
    }
}

fn grid(area: &Area<'_>, scale: &Scale, height: i32) -> Drawn {
    for exponent in scale.low..=scale.high {
        let ns = 10_u64.pow(exponent.unsigned_abs());
        let x = scale.x(ns);
        area.draw(&PathElement::new(vec![(x, TOP - 8), (x, height - 10)], RULE))?;
        area.draw(&Text::new(decade(ns), (x - 16, TOP - 26), ("sans-serif", 13).into_font().color(&INK)))?;
    }
    Ok(())
}

fn row(area: &Area<'_>, scale: &Scale, latency: &Latency, y: i32) -> Drawn {
    let [p50, p95, p99, max] = [latency.p50_ns, latency.p95_ns, latency.p99_ns, latency.max_ns].map(|ns| scale.x(ns));
    area.draw(&Text::new(latency.name, (8, y - 7), ("sans-serif", 14).into_font().color(&INK)))?;
    area.draw(&PathElement::new(vec![(p50, y), (max, y)], MARK))?;
    area.draw(&Rectangle::new([(p50, y - 6), (p95.max(p50 + 1), y + 6)], MARK.filled()))?;
    area.draw(&Rectangle::new([(p95, y - 3), (p99.max(p95 + 1), y + 3)], MARK.filled()))?;
    area.draw(&PathElement::new(vec![(max, y - 5), (max, y + 5)], MARK))?;
    area.draw(&PathElement::new(vec![(p50, y - 9), (p50, y + 9)], INK.stroke_width(2)))
}

fn decade(ns: u64) -> String {
    match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{} µs", ns / 1_000),
        1_000_000..1_000_000_000 => format!("{} ms", ns / 1_000_000),
        _ => format!("{} s", ns / 1_000_000_000),
    }
}

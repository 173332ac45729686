//! Which maps a query can want at all.

use std::ops::RangeInclusive;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{Between, BinaryExpr, Expr, Operator};
use serde::{Deserialize, Serialize};

/// Bounds that hold for every map wanted; others within them are filtered out afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wanted {
    run: Option<String>,
    image: Option<String>,
    photo: Bounds,
    layer: Bounds,
    cluster: Bounds,
}

/// Lowest and highest, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Bounds(i64, i64);

impl Default for Bounds {
    fn default() -> Self {
        Self(i64::MIN, i64::MAX)
    }
}

impl Bounds {
    fn within(&mut self, range: RangeInclusive<i64>) {
        *self = Self(self.0.max(*range.start()), self.1.min(*range.end()));
    }

    fn holds(self, number: i64) -> bool {
        (self.0..=self.1).contains(&number)
    }
}

impl Wanted {
    /// What is understood of conditions that must all hold.
    pub fn new(filters: &[Expr]) -> Self {
        let mut wanted = Self::default();
        filters.iter().for_each(|filter| wanted.narrow(filter));
        wanted
    }

    /// Whether maps of a run can be wanted.
    pub fn run(&self, name: &str) -> bool {
        self.run.as_ref().is_none_or(|run| run == name)
    }

    /// Whether maps of an image can be wanted.
    pub fn image(&self, name: &str) -> bool {
        self.image.as_ref().is_none_or(|image| image == name)
    }

    /// Whether a map can be wanted.
    pub fn map(&self, photo: i64, layer: i64, cluster: i64) -> bool {
        self.photo.holds(photo) && self.layer.holds(layer) && self.cluster.holds(cluster)
    }

    fn narrow(&mut self, filter: &Expr) {
        match filter {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
                self.narrow(left);
                self.narrow(right);
            }
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match (&**left, &**right) {
                (Expr::Column(column), Expr::Literal(value, _)) => self.compare(&column.name, *op, value),
                (Expr::Literal(value, _), Expr::Column(column)) => {
                    if let Some(op) = op.swap() {
                        self.compare(&column.name, op, value);
                    }
                }
                _ => {}
            },
            Expr::Between(Between { expr, negated: false, low, high }) => {
                if let (Expr::Column(c), Expr::Literal(low, _), Expr::Literal(high, _)) =
                    (&**expr, &**low, &**high)
                {
                    self.compare(&c.name, Operator::GtEq, low);
                    self.compare(&c.name, Operator::LtEq, high);
                }
            }
            Expr::InList(InList { expr, list, negated: false }) => self.among(expr, list),
            _ => {}
        }
    }

    fn compare(&mut self, column: &str, op: Operator, value: &ScalarValue) {
        let texts = match column {
            "run" => &mut self.run,
            "image" => &mut self.image,
            _ => return self.compare_number(column, op, value),
        };
        if let (Operator::Eq, Some(Some(text))) = (op, value.try_as_str()) {
            *texts = Some(text.to_owned());
        }
    }

    fn compare_number(&mut self, column: &str, op: Operator, value: &ScalarValue) {
        let &ScalarValue::Int64(Some(number)) = value else { return };
        let Some(bounds) = self.bounds(column) else { return };
        match op {
            Operator::Eq => bounds.within(number..=number),
            Operator::Lt => bounds.within(i64::MIN..=number.saturating_sub(1)),
            Operator::LtEq => bounds.within(i64::MIN..=number),
            Operator::Gt => bounds.within(number.saturating_add(1)..=i64::MAX),
            Operator::GtEq => bounds.within(number..=i64::MAX),
            _ => {}
        }
    }

    fn among(&mut self, expr: &Expr, list: &[Expr]) {
        let Expr::Column(column) = expr else { return };
        let number = |e: &Expr| match e {
            &Expr::Literal(ScalarValue::Int64(Some(number)), _) => Some(number),
            _ => None,
        };
        let Some(numbers) = list.iter().map(number).collect::<Option<Vec<_>>>() else { return };
        if let (Some(bounds), Some(low), Some(high)) =
            (self.bounds(&column.name), numbers.iter().min(), numbers.iter().max())
        {
            bounds.within(*low..=*high);
        }
    }

    fn bounds(&mut self, column: &str) -> Option<&mut Bounds> {
        match column {
            "photo" => Some(&mut self.photo),
            "layer" => Some(&mut self.layer),
            "cluster" => Some(&mut self.cluster),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{col, lit};

    use super::Wanted;

    #[test]
    fn only_what_must_hold_narrows() {
        let wanted = Wanted::new(&[
            col("layer").gt(lit(3_i64)).and(lit(13_i64).gt_eq(col("layer"))),
            col("photo").in_list(vec![lit(7_i64), lit(2_i64)], false),
            col("cluster").between(lit(0_i64), lit(1_i64)),
            col("image").eq(lit("a.png")),
            // Not understood, so nothing may follow from them.
            col("run").eq(lit("x")).or(col("layer").eq(lit(99_i64))),
            col("cluster").in_list(vec![lit(9_i64)], true),
            col("layer").not_eq(lit(5_i64)),
        ]);
        let is = |photo, layer, cluster| wanted.map(photo, layer, cluster);
        assert!(is(2, 4, 0) && is(5, 13, 1) && is(7, 5, 0));
        assert!(!is(1, 4, 0) && !is(8, 4, 0) && !is(2, 3, 0) && !is(2, 14, 0) && !is(2, 4, 2));
        assert!(wanted.image("a.png") && !wanted.image("b.png") && wanted.run("anything"));
        let nothing = Wanted::new(&[col("layer").gt(lit(i64::MAX)), col("layer").lt(lit(i64::MIN))]);
        assert!(!nothing.map(0, 0, 0));
    }
}

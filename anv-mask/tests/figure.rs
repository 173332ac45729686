mod common;
use anv_mask::Figure;
use common::draft;

#[test]
fn look() {
    let Some(out) = std::env::var_os("ANV_LOOK").map(std::path::PathBuf::from) else { return };
    let all: Vec<usize> = (1..=13).collect();
    let write = |name: &str, draft: &anv_core::Draft| {
        let figure = Figure::new(draft);
        let t = std::time::Instant::now();
        let svg = figure.svg().unwrap();
        let t1 = t.elapsed();
        let png = figure.png().unwrap();
        let t2 = t.elapsed();
        let html = figure.html().unwrap();
        println!(
            "{name}: svg {} KB {t1:.0?}, png {} KB {:.0?}, html {} KB {:.0?}",
            svg.len() / 1024,
            png.len() / 1024,
            t2 - t1,
            html.len() / 1024,
            t.elapsed() - t2
        );
        std::fs::write(out.join(format!("{name}.svg")), svg).unwrap();
        std::fs::write(out.join(format!("{name}.png")), png).unwrap();
        std::fs::write(out.join(format!("{name}.html")), html).unwrap();
    };
    if let Some(d) = draft::golden("motorcycle", "Motorbikes", &all) {
        write("motorcycle", &d);
        let mut d = draft::golden("elephant", "elephant", &[7, 10, 13]).unwrap();
        d.predicted = draft::class(3, "cup", 0.6);
        d.class.probability = 0.031;
        write("elephant3", &d);
    }
    write("one", &draft::made_up(300, 200, vec![draft::spots(5, 8, 14)]));
    write(
        "portrait",
        &draft::made_up(
            200,
            600,
            vec![draft::spots(1, 2, 28), draft::empty_layer(2, 8), draft::spots(3, 1, 7)],
        ),
    );
    write("tiny", &draft::made_up(1, 1, vec![draft::spots(1, 2, 28)]));
    write("many", &draft::made_up(4000, 1000, (1..=19).map(|n| draft::spots(n, 1 + n % 5, 14)).collect()));
}

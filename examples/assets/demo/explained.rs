// The packaged explanations: the path of each file below this folder, and what is in it. Both programs that carry them
// include this expression, so that neither has a list of its own. `anv.json` is last of each: its presence says that the
// others are there.
{
    macro_rules! explained {
        (@file $name:literal, $file:literal) => { (
            concat!("explained/", $name, $file),
            include_bytes!(concat!("explained/", $name, $file)) as &[u8],
        ) };
        ($($name:literal),* $(,)?) => { &[$(
            explained!(@file $name, "/image.png"),
            explained!(@file $name, "/maps.safetensors"),
            explained!(@file $name, "/anv.json"),
        )*] };
    }
    explained!(
        "astronaut",
        "chair",
        "coffee",
        "crocodile",
        "cup-of-tea",
        "great-pyramid",
        "lincoln-cup",
        "panda",
        "wrench",
    )
}

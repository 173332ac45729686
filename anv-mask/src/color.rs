//! Colour maps: from 0 (no response) to 1 (strongest response) to a colour.

/// Which colours stand for weak and strong responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ColorMap {
    /// Black, purple, orange, pale yellow: perceptually uniform and rising in lightness, so that over a photo
    /// quiet parts are dimmed and responding parts glow; also readable in grey and by colour-blind people.
    #[default]
    Inferno,
    /// Violet, green, yellow: perceptually uniform.
    Viridis,
    /// Blue, cyan, yellow, red: as in the thesis' figures. Its bands show edges that are not in the data.
    Jet,
}

impl ColorMap {
    /// Every colour map.
    pub const ALL: [Self; 3] = [Self::Inferno, Self::Viridis, Self::Jet];

    /// Name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inferno => "inferno",
            Self::Viridis => "viridis",
            Self::Jet => "jet",
        }
    }

    /// Red, green and blue of `value`; below 0 counts as 0, above 1 as 1, NaN as 0.
    ///
    /// Jet is `clamp(1.5 − |4v − c|)` with c = 3, 2, 1 for red, green, blue. Inferno and Viridis (Smith, van
    /// der Walt, Firing; CC0) are interpolated linearly between 33 of their colours, at most 2 of 255 off.
    ///
    /// ```
    /// use anv_mask::ColorMap;
    /// assert_eq!(ColorMap::Jet.color(0.0), [0, 0, 128]);
    /// assert_eq!(ColorMap::Inferno.color(1.0), [252, 255, 164]);
    /// ```
    pub fn color(self, value: f32) -> [u8; 3] {
        let v = value.clamp(0.0, 1.0);
        let v = if v.is_nan() { 0.0 } else { v };
        match self {
            Self::Inferno => between(&INFERNO, v),
            Self::Viridis => between(&VIRIDIS, v),
            Self::Jet => {
                [3.0, 2.0, 1.0].map(|c| (255.0 * (1.5 - (4.0 * v - c).abs()).clamp(0.0, 1.0)).round() as u8)
            }
        }
    }

    /// 256 evenly spaced colours.
    pub fn table(self) -> [[u8; 3]; 256] {
        std::array::from_fn(|i| self.color(i as f32 / 255.0))
    }
}

fn between(anchors: &[u32; 33], v: f32) -> [u8; 3] {
    let place = v * 32.0;
    let below = (place as usize).min(31);
    let t = place - below as f32;
    let plane = |anchor: u32, shift: u32| (anchor >> shift & 0xff) as f32;
    [16, 8, 0].map(|shift| {
        let (a, b) = (plane(anchors[below], shift), plane(anchors[below + 1], shift));
        (a + (b - a) * t).round() as u8
    })
}

#[rustfmt::skip]
const INFERNO: [u32; 33] = [
    0x000004, 0x040312, 0x0b0724, 0x150b37, 0x210c4a, 0x2e0a5a, 0x3c0965, 0x4a0c6b, 0x57106d, 0x63146e, 0x70196e,
    0x7d1e6d, 0x89226a, 0x962766, 0xa32b61, 0xaf315c, 0xbb3755, 0xc63e4d, 0xd14644, 0xdb4f3b, 0xe35932, 0xeb6528,
    0xf1711e, 0xf67f14, 0xf98d0a, 0xfb9c06, 0xfcab0f, 0xfbba1f, 0xf9ca32, 0xf5d949, 0xf2e865, 0xf3f586, 0xfcffa4,
];

#[rustfmt::skip]
const VIRIDIS: [u32; 33] = [
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086, 0x3f4989, 0x3b528b, 0x375a8d, 0x33638d,
    0x2f6a8e, 0x2c728e, 0x297a8e, 0x26818e, 0x23898e, 0x21908c, 0x1f988b, 0x1f9f88, 0x21a685, 0x28ae80, 0x31b57b,
    0x3ebc74, 0x4cc26c, 0x5dc963, 0x6ece58, 0x82d34c, 0x96d83f, 0xabdc32, 0xc0df24, 0xd5e21a, 0xeae51a, 0xfde725,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours() {
        // The published tables at 0, 64, 128, 255 of 255; two levels for the interpolation.
        let inferno = [(0, [0, 0, 4]), (64, [87, 16, 110]), (128, [188, 55, 84]), (255, [252, 255, 164])];
        let viridis = [(0, [68, 1, 84]), (64, [59, 82, 139]), (128, [33, 145, 140]), (255, [253, 231, 37])];
        for (map, known) in [(ColorMap::Inferno, inferno), (ColorMap::Viridis, viridis)] {
            for (place, expected) in known {
                let found = map.table()[place];
                let off = (0..3).map(|i| found[i].abs_diff(expected[i])).max();
                assert!(off <= Some(2), "{map:?} at {place}: {found:?}, expected {expected:?}");
            }
        }
        assert_eq!(ColorMap::Jet.color(0.5), [128, 255, 128]);
        assert_eq!(ColorMap::Jet.color(1.0), [128, 0, 0]);
    }

    #[test]
    fn uniform_maps_rise_in_lightness() {
        for map in [ColorMap::Inferno, ColorMap::Viridis] {
            let light =
                map.table().map(|[r, g, b]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b));
            assert!(light.windows(8).all(|w| w[0] < w[7]), "{map:?}");
        }
    }

    fn linear(c: u8) -> f64 {
        (f64::from(c) / 255.0).powf(2.2)
    }

    #[test]
    fn values_outside_are_clamped() {
        for map in ColorMap::ALL {
            assert_eq!(map.color(-1.0), map.color(0.0));
            assert_eq!(map.color(f32::INFINITY), map.color(1.0));
            assert_eq!(map.color(f32::NAN), map.color(0.0));
        }
    }
}

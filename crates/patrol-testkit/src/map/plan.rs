//! The plan: what of the invented district a person decides. Metres east and north of the origin, see [`super::plane`].
//!
//! Streets run through the points that `assets/packs/demo-district.toml` gives them, since the demo's scenes were taken
//! there. The borders of grids run along the far kerb of a street and not along its middle: a case on the street then
//! lies clear in one grid.

use super::plane::Metres;

/// The western, southern, eastern and northern end of what is drawn.
pub const EXTENT: [f64; 4] = [-400.0, -400.0, 1600.0, 1650.0];

/// A street. Its kind (`main`, `street`, `lane`) gives the width.
pub struct Street {
    /// Its id in the district pack, where it has one.
    pub id: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// `main`, `street` or `lane`.
    pub kind: &'static str,
    /// Kerb to kerb.
    pub width: f64,
    /// Its middle.
    pub line: &'static [Metres],
}

/// An area or a point with a name.
pub struct Place {
    /// What it is: `river`, `park`, `school`, `market`, `site`, `metro`, `community`.
    pub kind: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// A closed ring, or one point.
    pub ring: &'static [Metres],
}

/// A grid of responsibility (责任网格).
pub struct Grid {
    /// 15 digits.
    pub code: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// A closed ring.
    pub ring: &'static [Metres],
}

/// Where a rule is bound to a place: `relief` (疏导点, a ring) or `no_stopping` (禁停, a line).
pub struct Zone {
    /// `relief` or `no_stopping`.
    pub kind: &'static str,
    /// Its id.
    pub id: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// When, Chinese.
    pub hours_zh: &'static str,
    /// When, English.
    pub hours_en: &'static str,
    /// A closed ring or a line.
    pub line: &'static [Metres],
}

/// The streets.
pub const STREETS: &[Street] = &[
    street(
        "wangjiang",
        "望江街",
        "Wangjiang Street",
        "main",
        24.0,
        &[
            [262.0, -400.0],
            [250.0, -60.0],
            [240.0, 150.0],
            [232.0, 420.0],
            [226.0, 700.0],
            [214.5, 1021.2],
            [205.0, 1310.0],
            [202.0, 1650.0],
        ],
    ),
    street(
        "fangzhou",
        "芳洲路",
        "Fangzhou Road",
        "main",
        26.0,
        &[
            [1000.0, -400.0],
            [985.0, -60.0],
            [977.0, 300.0],
            [967.0, 520.0],
            [960.1, 724.1],
            [955.0, 1000.0],
            [948.0, 1310.0],
            [946.0, 1650.0],
        ],
    ),
    street(
        "xiyun",
        "栖云路",
        "Xiyun Road",
        "main",
        22.0,
        &[
            [-400.0, 268.0],
            [-60.0, 278.0],
            [236.0, 290.0],
            [465.9, 298.3],
            [700.0, 304.0],
            [977.0, 312.0],
            [1260.0, 322.0],
            [1600.0, 330.0],
        ],
    ),
    street(
        "qingtang",
        "清塘街",
        "Qingtang Street",
        "street",
        16.0,
        &[
            [-400.0, 852.0],
            [-60.0, 862.0],
            [220.0, 872.0],
            [625.0, 883.8],
            [957.0, 894.0],
            [1260.0, 906.0],
            [1600.0, 914.0],
        ],
    ),
    street(
        "lingtang",
        "菱塘路",
        "Lingtang Road",
        "street",
        14.0,
        &[
            [598.0, -400.0],
            [590.0, 120.0],
            [578.0, 301.0],
            [566.0, 650.0],
            [560.0, 882.0],
            [552.0, 1240.0],
            [548.0, 1650.0],
        ],
    ),
    street(
        "shuyuan",
        "书院巷",
        "Shuyuan Lane",
        "lane",
        9.0,
        &[
            [227.0, 640.0],
            [566.0, 648.0],
            [792.0, 654.0],
            [962.0, 660.0],
            [1270.0, 672.0],
            [1600.0, 676.0],
        ],
    ),
    street(
        "liuye",
        "柳叶巷",
        "Liuye Lane",
        "lane",
        9.0,
        &[
            [572.0, 440.0],
            [640.0, 446.0],
            [690.0, 449.1],
            [800.0, 455.0],
            [969.0, 464.0],
        ],
    ),
    street(
        "huaiyin",
        "槐荫里",
        "Huaiyin Alley",
        "lane",
        7.0,
        &[[806.0, 307.0], [800.0, 413.6], [796.0, 540.0], [792.0, 654.0]],
    ),
    street(
        "hongshan",
        "红山巷",
        "Hongshan Lane",
        "lane",
        8.0,
        &[[244.0, 96.0], [590.0, 108.0], [982.0, 116.0], [1280.0, 122.0]],
    ),
    street(
        "sangyuan",
        "桑园里",
        "Sangyuan Alley",
        "lane",
        7.0,
        &[[404.0, 296.0], [400.0, 460.0], [396.0, 643.0]],
    ),
    street(
        "dukou",
        "渡口路",
        "Dukou Road",
        "street",
        12.0,
        &[
            [100.0, 1088.0],
            [213.0, 1092.0],
            [556.0, 1102.0],
            [954.0, 1112.0],
            [1300.0, 1120.0],
            [1600.0, 1126.0],
        ],
    ),
    street(
        "haitang",
        "海棠路",
        "Haitang Road",
        "street",
        14.0,
        &[
            [1292.0, -400.0],
            [1284.0, 120.0],
            [1276.0, 323.0],
            [1268.0, 672.0],
            [1260.0, 906.0],
            [1252.0, 1650.0],
        ],
    ),
    street(
        "",
        "",
        "",
        "lane",
        6.0,
        &[[1104.0, 317.0], [1104.0, 507.0], [1102.0, 666.0]],
    ),
    street("", "", "", "lane", 6.0, &[[380.0, 877.0], [376.0, 1097.0]]),
    street("", "", "", "lane", 6.0, &[[758.0, 888.0], [754.0, 1106.0]]),
    street("", "", "", "lane", 6.0, &[[400.0, 102.0], [404.0, 296.0]]),
    street("", "", "", "lane", 6.0, &[[780.0, 112.0], [806.0, 307.0]]),
];

/// Water, parks, yards.
pub const AREAS: &[Place] = &[
    place(
        "river",
        "望江河",
        "Wangjiang River",
        &[
            [-30.0, -400.0],
            [-20.0, 0.0],
            [-44.0, 300.0],
            [-20.0, 620.0],
            [0.0, 860.0],
            [-14.0, 1200.0],
            [-34.0, 1650.0],
            [-120.0, 1650.0],
            [-104.0, 1200.0],
            [-90.0, 860.0],
            [-112.0, 620.0],
            [-134.0, 300.0],
            [-110.0, 0.0],
            [-120.0, -400.0],
            [-30.0, -400.0],
        ],
    ),
    place(
        "park",
        "江岸绿地",
        "Riverside Green",
        &[
            [0.0, 300.0],
            [46.0, 320.0],
            [66.0, 620.0],
            [84.0, 850.0],
            [24.0, 846.0],
            [4.0, 620.0],
            [-22.0, 320.0],
            [0.0, 300.0],
        ],
    ),
    place(
        "park",
        "菱塘公园",
        "Lingtang Park",
        &[
            [586.0, 668.0],
            [772.0, 674.0],
            [772.0, 862.0],
            [660.0, 866.0],
            [580.0, 862.0],
            [586.0, 668.0],
        ],
    ),
    place(
        "river",
        "菱塘",
        "Lingtang Pond",
        &[
            [640.0, 716.0],
            [700.0, 706.0],
            [736.0, 748.0],
            [722.0, 806.0],
            [664.0, 816.0],
            [624.0, 772.0],
            [640.0, 716.0],
        ],
    ),
    place(
        "school",
        "书院巷小学",
        "Shuyuan Lane School",
        &[
            [828.0, 480.0],
            [944.0, 484.0],
            [938.0, 636.0],
            [818.0, 632.0],
            [828.0, 480.0],
        ],
    ),
    place(
        "market",
        "丰谷菜场",
        "Fenggu Market",
        &[
            [256.0, 540.0],
            [340.0, 543.0],
            [338.0, 622.0],
            [254.0, 619.0],
            [256.0, 540.0],
        ],
    ),
    place(
        "site",
        "渡口工地",
        "Dukou building site",
        &[
            [92.0, 1100.0],
            [190.0, 1104.0],
            [184.0, 1220.0],
            [90.0, 1216.0],
            [92.0, 1100.0],
        ],
    ),
];

/// Points with a name.
pub const PLACES: &[Place] = &[
    place("metro", "清塘站 2 口", "Qingtang Station, exit 2", &[[640.0, 902.0]]),
    place("community", "方州社区", "Fangzhou Community", &[[660.0, 1010.0]]),
    place("community", "凤凰社区", "Fenghuang Community", &[[690.0, 380.0]]),
];

/// The grids.
pub const GRIDS: &[Grid] = &[
    grid(
        "320116006008001",
        "方州社区 1 号网格",
        "Fangzhou grid 1",
        &[
            [90.0, 645.5],
            [227.0, 645.5],
            [573.0, 653.7],
            [567.0, 882.0],
            [559.0, 1250.0],
            [90.0, 1250.0],
            [90.0, 645.5],
        ],
    ),
    grid(
        "320116006008002",
        "方州社区 2 号网格",
        "Fangzhou grid 2",
        &[
            [573.0, 653.7],
            [792.0, 659.5],
            [974.0, 665.7],
            [1262.0, 677.0],
            [1254.0, 906.0],
            [1248.0, 1250.0],
            [559.0, 1250.0],
            [567.0, 882.0],
            [573.0, 653.7],
        ],
    ),
    grid(
        "320116006009001",
        "凤凰社区 1 号网格",
        "Fenghuang grid 1",
        &[
            [90.0, 272.0],
            [236.0, 278.0],
            [465.9, 286.3],
            [585.6, 289.6],
            [573.0, 653.7],
            [227.0, 645.5],
            [90.0, 645.5],
            [90.0, 272.0],
        ],
    ),
    grid(
        "320116006009002",
        "凤凰社区 2 号网格",
        "Fenghuang grid 2",
        &[
            [585.6, 289.6],
            [700.0, 292.0],
            [991.0, 300.0],
            [981.0, 520.0],
            [974.0, 665.7],
            [792.0, 659.5],
            [573.0, 653.7],
            [585.6, 289.6],
        ],
    ),
    grid(
        "320116006009003",
        "凤凰社区 3 号网格",
        "Fenghuang grid 3",
        &[
            [991.0, 300.0],
            [1260.0, 310.0],
            [1270.0, 310.4],
            [1262.0, 677.0],
            [974.0, 665.7],
            [981.0, 520.0],
            [991.0, 300.0],
        ],
    ),
    grid(
        "320116006009004",
        "凤凰社区 4 号网格",
        "Fenghuang grid 4",
        &[
            [90.0, -20.0],
            [1276.0, -20.0],
            [1270.0, 310.4],
            [1260.0, 310.0],
            [991.0, 300.0],
            [700.0, 292.0],
            [585.6, 289.6],
            [465.9, 286.3],
            [236.0, 278.0],
            [90.0, 272.0],
            [90.0, -20.0],
        ],
    ),
];

/// Relief points and no-stopping stretches.
pub const ZONES: &[Zone] = &[
    zone(
        "relief",
        "fenggu",
        "丰谷疏导点",
        "Fenggu relief point",
        "6–9 时、17–21 时",
        "06–09, 17–21",
        &[
            [344.0, 556.0],
            [390.0, 557.0],
            [389.0, 622.0],
            [343.0, 621.0],
            [344.0, 556.0],
        ],
    ),
    zone(
        "relief",
        "qingtang",
        "清塘疏导点",
        "Qingtang relief point",
        "17–22 时",
        "17–22",
        &[
            [668.0, 898.0],
            [742.0, 900.0],
            [741.0, 926.0],
            [667.0, 924.0],
            [668.0, 898.0],
        ],
    ),
    zone(
        "no_stopping",
        "liuye",
        "柳叶巷",
        "Liuye Lane",
        "全天禁停",
        "no stopping at any time",
        &[
            [572.0, 440.0],
            [640.0, 446.0],
            [690.0, 449.1],
            [800.0, 455.0],
            [969.0, 464.0],
        ],
    ),
    zone(
        "no_stopping",
        "shuyuan",
        "书院巷校门",
        "Shuyuan Lane school gate",
        "7–8 时、15–17 时禁停",
        "no stopping 07–08, 15–17",
        &[[792.0, 654.0], [962.0, 660.0]],
    ),
    zone(
        "no_stopping",
        "fangzhou",
        "芳洲路消防通道",
        "Fangzhou Road fire lane",
        "全天禁停",
        "no stopping at any time",
        &[[962.4, 655.0], [960.1, 724.1], [958.5, 812.0]],
    ),
];

const fn street(
    id: &'static str,
    zh: &'static str,
    en: &'static str,
    kind: &'static str,
    width: f64,
    line: &'static [Metres],
) -> Street {
    Street {
        id,
        zh,
        en,
        kind,
        width,
        line,
    }
}

const fn place(kind: &'static str, zh: &'static str, en: &'static str, ring: &'static [Metres]) -> Place {
    Place { kind, zh, en, ring }
}

const fn grid(code: &'static str, zh: &'static str, en: &'static str, ring: &'static [Metres]) -> Grid {
    Grid { code, zh, en, ring }
}

const fn zone(
    kind: &'static str,
    id: &'static str,
    zh: &'static str,
    en: &'static str,
    hours_zh: &'static str,
    hours_en: &'static str,
    line: &'static [Metres],
) -> Zone {
    Zone {
        kind,
        id,
        zh,
        en,
        hours_zh,
        hours_en,
        line,
    }
}

//! Broken input: each gets its own code, and nothing that was typed or shot before is lost.

use std::path::Path;
use std::sync::Arc;

use patrol_app::{App, ErrorCode, Options, Photo};
use patrol_testkit::photo::{GpsRaw, PhotoBuilder, heic_header, huge_dimensions, png_bomb, text_named_jpg, truncated};
use serde_json::{Value, json};

fn open(data: &Path) -> Arc<App> {
    let ports = patrol_host::desktop_ports(data).unwrap();
    Arc::new(
        App::open(
            &Options {
                data: data.to_owned(),
                demo_photos: None,
            },
            ports,
        )
        .unwrap(),
    )
}

async fn call(app: &Arc<App>, command: &str, args: Value) -> Value {
    app.dispatch(command, args, None)
        .await
        .unwrap_or_else(|error| panic!("{command}: {error:?}"))
}

async fn add(app: &Arc<App>, bytes: Vec<u8>) -> Result<Value, ErrorCode> {
    let photo = Photo {
        bytes,
        source: "import".into(),
        ..Photo::default()
    };
    app.dispatch("draft_add_photo", Value::Null, Some(photo))
        .await
        .map_err(|error| error.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_broken_file_gets_its_own_sentence_and_the_draft_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path());
    let good = PhotoBuilder::new(1).size(1200, 900).build();
    add(&app, good.clone()).await.unwrap();
    let note = "车主不在场 囧𠮷😀".repeat(20);
    let fields = json!({ "matter": "PK01", "plate": "苏A8K3R7", "street": "liuye", "note": note });
    let before = call(&app, "draft_write", fields).await;

    let mut oversized = good.clone();
    oversized.resize(41 << 20, 0);
    let cases = [
        (Vec::new(), ErrorCode::PhotoEmpty),
        (text_named_jpg(), ErrorCode::PhotoNotImage),
        (heic_header(), ErrorCode::PhotoHeic),
        (oversized, ErrorCode::PhotoTooLarge),
        (huge_dimensions(), ErrorCode::PhotoTooManyPixels),
        (png_bomb(), ErrorCode::PhotoTooManyPixels),
        (truncated(&good, 0.03), ErrorCode::PhotoTruncated),
        (truncated(&good, 0.5), ErrorCode::PhotoTruncated),
        (truncated(&good, 0.999), ErrorCode::PhotoTruncated),
    ];
    for (bytes, expected) in cases {
        assert_eq!(add(&app, bytes).await, Err(expected));
        assert_eq!(
            call(&app, "draft_read", json!({})).await,
            before,
            "{expected:?} left the draft alone"
        );
    }
    let saved = call(&app, "draft_save", json!({})).await;
    assert_eq!(saved["photos"], 1);
    drop(app);

    let app = open(folder.path());
    let page = call(&app, "case_list", json!({ "before": null, "limit": 10 })).await;
    assert_eq!(page["rows"][0]["note"], note);
    assert_eq!(page["rows"][0]["plate"]["display"], "苏A·8K3R7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_with_a_nonsense_place_is_kept_and_its_place_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path());
    for (seed, raw, problem) in [
        (1, GpsRaw::ZeroZero, "zero"),
        (2, GpsRaw::OutOfRange, "out_of_range"),
        (3, GpsRaw::NaN, "unreadable"),
        (4, GpsRaw::MissingRef, "unreadable"),
    ] {
        let draft = add(&app, PhotoBuilder::new(seed).size(800, 600).gps_raw(raw).build())
            .await
            .unwrap();
        let photo = draft["photos"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(photo["place_problem"], problem);
        assert_eq!(draft["place"], Value::Null);
    }
    let fields = json!({ "matter": "ST01", "plate": "", "street": "xiyun", "note": "" });
    let draft = call(&app, "draft_write", fields).await;
    assert_eq!(
        draft["place"]["provider"], "street",
        "the chosen street stands in, and says so"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_saved_yet_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path());
    let refuse = |args: Value| {
        let app = Arc::clone(&app);
        async move { app.dispatch("draft_write", args, None).await.unwrap_err().code }
    };
    let fields = |plate: &str, note: &str| json!({ "matter": null, "plate": plate, "street": null, "note": note });
    call(&app, "draft_write", fields("苏A", "半句话")).await;
    assert_eq!(refuse(fields("苏A", &"长".repeat(2001))).await, ErrorCode::NoteTooLong);
    assert_eq!(refuse(fields(&"牌".repeat(21), "")).await, ErrorCode::PlateTooLong);
    let save = app.dispatch("draft_save", json!({}), None).await.unwrap_err();
    assert_eq!(save.code, ErrorCode::DraftNoMatter);
    let matter = json!({ "matter": "PK01", "plate": "苏A", "street": null, "note": "半句话" });
    call(&app, "draft_write", matter).await;
    assert_eq!(
        app.dispatch("draft_save", json!({}), None).await.unwrap_err().code,
        ErrorCode::DraftNoPhoto
    );
    drop(app);
    let draft = call(&open(folder.path()), "draft_read", json!({})).await;
    assert_eq!(
        (draft["plate_typed"].as_str(), draft["note"].as_str()),
        (Some("苏A"), Some("半句话"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_taps_on_save_give_one_case() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path());
    add(&app, PhotoBuilder::new(9).size(800, 600).build()).await.unwrap();
    call(
        &app,
        "draft_write",
        json!({ "matter": "PK01", "plate": "", "street": null, "note": "" }),
    )
    .await;
    let taps = (0..8).map(|_| {
        let app = Arc::clone(&app);
        tokio::spawn(async move { app.dispatch("draft_save", json!({}), None).await.is_ok() })
    });
    let mut saved = 0;
    for tap in taps.collect::<Vec<_>>() {
        saved += usize::from(tap.await.unwrap());
    }
    assert_eq!(saved, 1);
    let page = call(&app, "case_list", json!({ "before": null, "limit": 10 })).await;
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_taken_in_while_the_case_is_being_saved_is_in_that_case_or_on_the_next_draft() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path());
    let mut taken = 0;
    for round in 0..12 {
        add(&app, PhotoBuilder::new(1000 + round).size(320, 240).build())
            .await
            .unwrap();
        call(
            &app,
            "draft_write",
            json!({ "matter": "PK01", "plate": "", "street": null, "note": "" }),
        )
        .await;
        let second = Arc::clone(&app);
        let adding = tokio::spawn(async move {
            add(&second, PhotoBuilder::new(2000 + round).size(320, 240).build())
                .await
                .is_ok()
        });
        let saving = app.dispatch("draft_save", json!({}), None).await.unwrap();
        taken += 1 + usize::from(adding.await.unwrap());
        assert!(saving["photos"].as_u64().unwrap() >= 1);
    }
    let page = call(&app, "case_list", json!({ "before": null, "limit": 50 })).await;
    let saved: usize = page["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["photos"].as_array().unwrap().len())
        .sum();
    let drafted = call(&app, "draft_read", json!({})).await["photos"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(saved + drafted, taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_foreign_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let database = folder.path().join("patrol.db");
    let rubbish = vec![0x5a; 40_000];
    std::fs::write(&database, &rubbish).unwrap();
    for suffix in ["patrol.db-wal", "patrol.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(suffix));
    }
    let ports = patrol_host::desktop_ports(folder.path()).unwrap();
    let options = Options {
        data: folder.path().to_owned(),
        demo_photos: None,
    };
    let error = App::open(&options, ports).unwrap_err().reply();
    assert_eq!(error.code, ErrorCode::DatabaseDamaged);
    assert_eq!(std::fs::read(&database).unwrap(), rubbish);
}

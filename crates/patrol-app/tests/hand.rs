//! An officer's hand, through the dispatch table: many drafts, a timer under a clock that is moved, a form, a pin.
//!
//! Each answer is asked of a phone that was opened anew: what an officer was shown lies on disk.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![allow(clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

#[path = "shared/hand_phone.rs"]
mod phone;

use patrol_domain::case::Case;
use patrol_domain::op::Step;
use patrol_domain::{PhotoRole, Provider};
use phone::Phone;
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    let timers = list["timers"].as_array().unwrap();
    timers
        .iter()
        .map(|timer| timer["plate"]["text"].as_str().unwrap())
        .collect()
}

/// A car that was photographed once and is parked as a timer; its draft.
fn park(phone: &Phone, seed: u64, plate: &str) -> String {
    phone.call("draft_park", json!({}));
    let draft = phone.shoot(seed, "camera", Some("panorama_1"));
    phone.type_plate(plate);
    phone.call("timer_start", json!({}));
    draft["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_officer_begins_several_cases_and_each_is_there_after_a_kill() {
    let phone = Phone::new();
    phone.shoot(1, "camera", Some("panorama_1"));
    let typed = json!({
        "matter": "PK01", "plate": "苏A8K3R7", "street": null, "note": "等车主", "screen": "/confirm",
        "form": { "spot": "pavement", "quantity": 2.5, "notice_no": "囧".repeat(2000) },
    });
    phone.call("draft_write", typed);
    let first = phone.reopen().call("draft_read", json!({}));
    assert_eq!(
        (&first["screen"], &first["form"]["quantity"]),
        (&json!("/confirm"), &json!(2.5))
    );
    assert_eq!(first["photos"][0]["slot"], "panorama_1");

    assert_eq!(phone.call("draft_park", json!({}))["id"], Value::Null);
    let second = phone.shoot(2, "import", None);
    assert_ne!(second["id"], first["id"]);
    let state = phone.reopen().call("app_state", json!({}));
    assert_eq!(state["drafts"], 2);
    assert_eq!(phone.call("draft_list", json!({}))["drafts"], json!([first]));

    let taken = phone.call("draft_take", json!({ "id": first["id"] }));
    assert_eq!(taken, first, "as it was laid aside");
    assert_eq!(phone.call("draft_list", json!({}))["drafts"], json!([second]));
    let case = phone.save();
    assert_eq!(phone.reopen().call("app_state", json!({}))["drafts"], 1);
    assert_eq!(phone.refused("draft_take", json!({ "id": first["id"] })), "draft_gone");

    let case = phone.case(&case);
    let form: Value = serde_json::from_str(case.form.as_str()).unwrap();
    assert_eq!((&form["spot"], &form["quantity"]), (&json!("pavement"), &json!("2.5")));
    assert_eq!(case.photos[0].photo.slot.as_deref(), Some("panorama_1"));
}

#[test]
fn a_form_that_is_too_long_is_refused_and_the_former_answers_stand() {
    let phone = Phone::new();
    let write = |form: Value| json!({ "matter": "ST01", "plate": "", "street": null, "note": "", "form": form });
    phone.call("draft_write", write(json!({ "goods": "水果", "relief": "moon" })));
    assert_eq!(
        phone.refused("draft_write", write(json!({ "goods": "囧".repeat(2001) }))),
        "answer_too_long"
    );
    let draft = phone.call("draft_read", json!({}));
    assert_eq!(draft["form"], json!({ "goods": "水果", "relief": "moon" }));
    assert_eq!((&draft["odd"], &draft["missing"]), (&json!(["relief"]), &json!([])));
    let kept = phone.call(
        "draft_write",
        json!({ "matter": "ST01", "plate": "", "street": null, "note": "改" }),
    );
    assert_eq!(kept["form"]["goods"], "水果", "what is left out stays");
}

#[test]
fn a_case_says_its_form_place_and_interval_and_each_of_them_can_be_put_right() {
    let phone = Phone::new();
    let id = park(&phone, 1, "苏A8K3R7");
    phone.clock.advance(400_000);
    phone.call("draft_take", json!({ "id": id }));
    phone.shoot(2, "camera", Some("panorama_2"));
    phone.call(
        "draft_write",
        json!({
            "matter": "PK01", "plate": "苏A8K3R7", "street": "liuye", "note": "",
            "form": { "spot": "pavement", "quantity": 1, "unit": "辆次", "goods": "水果" },
        }),
    );
    let case = phone.save();
    let read = |phone: &Phone| phone.reopen().call("case_read", json!({ "case_id": case }));
    let before = read(&phone);
    let said = |view: &Value, name: &str| {
        let answers = view["answers"].as_array().unwrap();
        let answer = answers
            .iter()
            .find(|answer| answer["name"] == name)
            .cloned()
            .unwrap_or_default();
        (
            answer["zh"].as_str().map(str::to_owned),
            answer["said_zh"].as_str().map(str::to_owned),
        )
    };
    assert_eq!(said(&before, "quantity").1.as_deref(), Some("1 辆次"));
    assert_ne!(
        said(&before, "spot").1.as_deref(),
        Some("pavement"),
        "a choice is told by its words"
    );
    assert_eq!(said(&before, "goods"), (None, None), "of another form");
    let interval = &before["interval"];
    assert_eq!(
        (&interval["boot_ms"], &interval["wall_changed_ms"], &interval["rule_s"]),
        (&json!(400_000), &json!(0), &json!(300))
    );
    assert_eq!(before["fix"]["provider"], "street");

    let amend = json!({
        "case_id": case, "matter": null, "plate": null, "note": null, "reason": "看错了",
        "form": { "quantity": 2 }, "street": "fangzhou", "pin": { "lat_e7": 320_500_000, "lon_e7": 1_188_000_000 },
    });
    let typed = json!({ "form": { "quantity": 2 }, "street": "fangzhou", "reason": "看" });
    phone.call("case_type", json!({ "case_id": case, "act": "amend", "fields": typed }));
    assert_eq!(read(&phone)["typed"][0]["fields"]["form"], json!({ "quantity": 2 }));
    phone.call("case_amend", amend);
    let after = read(&phone);
    assert_eq!(
        (&after["form"], &after["street"]),
        (&json!({ "quantity": 2 }), &json!("fangzhou"))
    );
    assert_eq!(after["pin"]["lat_e7"], 320_500_000);
    assert_eq!(
        after["row"]["place"], after["pin"],
        "the pin counts, the fix stays beside it"
    );
    assert_ne!(after["fix"], before["fix"], "a street's middle goes with its street");
    assert_eq!(after["typed"], json!([]));
    let changes = after["events"][1]["changes"].as_array().unwrap();
    let fields: Vec<_> = changes.iter().map(|change| change["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["place", "form"]);

    let far = json!({
        "case_id": case, "matter": null, "plate": null, "note": null, "reason": "x",
        "pin": { "lat_e7": 910_000_000, "lon_e7": 0 },
    });
    assert_eq!(phone.refused("case_amend", far), "location_unusable");
    let none = json!({ "case_id": case, "matter": null, "plate": null, "note": null, "reason": "x", "form": {} });
    phone.call("case_amend", none);
    let emptied = read(&phone);
    assert_eq!(
        (&emptied["answers"], &emptied["form_gone"]),
        (&json!([]), &json!(false))
    );
}

#[test]
fn another_kind_takes_its_own_answers_along_and_leaves_the_others() {
    let phone = Phone::new();
    phone.shoot(1, "import", None);
    let form = json!({ "spot": "pavement", "quantity": 3, "unit": "辆次" });
    phone.call(
        "draft_write",
        json!({ "matter": "PK01", "plate": "", "street": null, "note": "", "form": form }),
    );
    let case = phone.save();
    let amend = |matter: Option<&str>, note: Option<&str>| {
        let args = json!({ "case_id": case, "matter": matter, "plate": null, "note": note, "reason": "选错了" });
        phone.call("case_amend", args)
    };
    assert_eq!(amend(None, Some("补"))["form"], form);
    let other = amend(Some("ST01"), None);
    assert_eq!(other["form"], json!({ "quantity": 3 }));
    let changed = |view: &Value, event: usize| view["events"][event]["changes"].as_array().unwrap().len();
    assert_eq!(changed(&other, 1), 1, "only the note");
    assert_eq!(changed(&other, 2), 2, "matter and form");
}

#[test]
fn without_a_first_picture_there_is_no_timer() {
    let phone = Phone::new();
    phone.type_plate("苏A8K3R7");
    assert_eq!(phone.refused("timer_start", json!({})), "draft_no_photo");
}

#[test]
fn a_timer_counts_by_the_clock_that_nobody_can_set() {
    let phone = Phone::new();
    let id = park(&phone, 1, "苏A8K3R7");
    phone.clock.advance(120_000);
    let timer = &phone.call("timer_list", json!({}))["timers"][0];
    assert_eq!(
        (&timer["elapsed_ms"], &timer["is_due"]),
        (&json!(120_000), &json!(false))
    );
    assert_eq!(
        (&timer["checks"]["interval"], &timer["checks"]["clock"]),
        (&json!("short"), &json!("unchanged"))
    );

    // Somebody sets the clock an hour forward: not due for that.
    phone.clock.set_wall(phone.clock.at().wall_ms.0 + 3_600_000);
    let timer = &phone.reopen().call("timer_list", json!({}))["timers"][0];
    assert_eq!(
        (&timer["elapsed_ms"], &timer["is_due"]),
        (&json!(120_000), &json!(false))
    );
    assert_eq!(
        (&timer["checks"]["clock"], &timer["checks"]["moved_s"]),
        (&json!("changed"), &json!(3600))
    );

    // Asleep in the pocket: the boot clock runs on.
    phone.clock.advance(180_000);
    phone.call("timer_take", json!({ "id": id }));
    let draft = phone.shoot(2, "camera", Some("panorama_2"));
    let checks = &draft["timer"]["checks"];
    assert_eq!(
        (&checks["interval"], &checks["plate"]),
        (&json!("proven"), &json!("same"))
    );
    let case = phone.case(&phone.save());
    let interval = case.interval.unwrap();
    assert_eq!((interval.boot_ms, interval.is_same_boot), (Some(300_000), true));
    assert_eq!((interval.wall_ms, interval.wall_changed_ms), (3_900_000, 3_600_000));
    assert_eq!(interval.first, case.photos[0].photo.sha256);
    assert_eq!(phone.call("timer_list", json!({}))["timers"], json!([]));
}

#[test]
fn a_restart_between_the_pictures_leaves_no_proof_and_the_record_says_so() {
    let phone = Phone::new();
    let id = park(&phone, 1, "苏A8K3R7");
    phone.clock.advance(600_000);
    phone.clock.reboot();
    let timer = &phone.reopen().call("timer_list", json!({}))["timers"][0];
    assert_eq!(timer["elapsed_ms"], Value::Null);
    assert_eq!(timer["checks"]["interval"], "unproven_reboot");
    phone.call("timer_take", json!({ "id": id }));
    phone.shoot(2, "camera", Some("panorama_2"));
    let interval = phone.case(&phone.save()).interval.unwrap();
    assert_eq!((interval.boot_ms, interval.is_same_boot), (None, false));
    assert_eq!(interval.wall_ms, 600_000);
}

#[test]
fn pictures_from_files_prove_no_interval() {
    let phone = Phone::new();
    phone.shoot(1, "import", Some("panorama_1"));
    phone.type_plate("苏A8K3R7");
    phone.call("timer_start", json!({}));
    phone.clock.advance(600_000);
    let list = phone.call("timer_list", json!({}));
    assert_eq!(list["timers"][0]["checks"]["interval"], "unproven_import");
    phone.call("timer_take", json!({ "id": list["timers"][0]["id"] }));
    phone.shoot(2, "camera", Some("panorama_2"));
    assert_eq!(phone.case(&phone.save()).interval, None);
}

#[test]
fn timers_are_walked_to_from_the_nearest_to_the_next() {
    let phone = Phone::new();
    for (seed, plate, lat_e7) in [
        (1, "苏A00001", 323_430_000),
        (2, "苏A00002", 323_412_000),
        (3, "苏A00003", 323_420_000),
    ] {
        phone.here(lat_e7, 1_188_403_172, 4_000);
        park(&phone, seed, plate);
        phone.clock.advance(31_000);
    }
    assert_eq!(
        names(&phone.call("timer_list", json!({}))),
        ["苏A00001", "苏A00002", "苏A00003"]
    );
    let walk = phone.call("timer_list", json!({ "lat_e7": 323_410_000, "lon_e7": 1_188_403_172 }));
    assert_eq!(names(&walk), ["苏A00002", "苏A00003", "苏A00001"]);
    assert_eq!(walk["timers"][0]["distance_m"], 22);
    assert_eq!(
        (&walk["rule_interval_s"], &walk["evidence_interval_s"]),
        (&json!(300), &json!(10))
    );
}

#[test]
fn the_second_picture_is_held_against_the_first_ones_spot_and_plate() {
    let phone = Phone::new();
    phone.here(323_412_586, 1_188_403_172, 4_000);
    let id = park(&phone, 1, "苏A8K3R7");
    phone.clock.advance(310_000);
    phone.here(323_422_586, 1_188_403_172, 4_000);
    phone.call("timer_take", json!({ "id": id }));
    let draft = phone.shoot(2, "camera", Some("panorama_2"));
    let checks = &draft["timer"]["checks"];
    assert_eq!((&checks["spot"], &checks["spot_m"]), (&json!("far"), &json!(111)));
    let draft = phone.type_plate("苏A8K3R8");
    assert_eq!(draft["timer"]["checks"]["plate"], "differs");
}

#[test]
fn a_car_that_has_left_is_a_case_with_that_step_and_one_without_a_plate_is_none() {
    let phone = Phone::new();
    let known = park(&phone, 1, "苏A8K3R7");
    let unread = park(&phone, 2, "");
    phone.call("draft_park", json!({}));
    phone.call("timer_drop", json!({ "id": unread, "cause": "left" }));
    let list = phone.call("timer_drop", json!({ "id": known, "cause": "left" }));
    assert_eq!(list["timers"], json!([]));
    assert_eq!(
        phone.refused("timer_drop", json!({ "id": known, "cause": "left" })),
        "draft_gone"
    );
    let cases = phone.reopen().call("case_list", json!({ "before": null, "limit": 10 }));
    let rows = cases["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    let case: Case = phone.case(rows[0]["case_id"].as_str().unwrap());
    assert_eq!(
        case.steps.iter().map(|step| step.step).collect::<Vec<_>>(),
        [Step::Left]
    );

    let known = phone.call("plate_known", json!({ "typed": "苏a·8k3r7" }));
    assert_eq!(
        (&known["total"], &known["cases"][0]["state"]),
        (&json!(1), &json!("handled"))
    );
    assert_eq!(phone.call("plate_recent", json!({}))[0]["text"], "苏A8K3R7");
}

#[test]
fn the_fix_and_the_pin_stand_side_by_side_and_a_made_up_fix_is_said_to_be_one() {
    let phone = Phone::new();
    assert_eq!(
        phone.refused(
            "draft_here",
            json!({
                "lat_e7": 0, "lon_e7": 0, "accuracy_mm": null, "provider": "gnss", "is_mock": null
            })
        ),
        "location_unusable"
    );
    phone.shoot(1, "camera", Some("panorama_1"));
    phone.type_plate("苏A8K3R7");
    phone.clock.advance(5_000);
    let late = phone.call(
        "draft_here",
        json!({
            "lat_e7": 323_412_586, "lon_e7": 1_188_403_172, "accuracy_mm": 6_000, "provider": "gnss", "is_mock": true
        }),
    );
    assert_eq!(late["fix"]["is_mock"], true, "the first fix fills itself in");
    assert_eq!(
        phone.refused("draft_pin", json!({ "lat_e7": 0, "lon_e7": 0 })),
        "location_unusable"
    );
    let pinned = phone.call("draft_pin", json!({ "lat_e7": 323_413_000, "lon_e7": 1_188_403_000 }));
    assert_eq!(pinned["place"]["provider"], "manual");
    phone.clock.advance(2_000);
    let place = phone.reopen().case(&phone.save()).place;
    let fix = place.fix.unwrap();
    assert_eq!(
        (fix.provider, fix.mock, fix.age_ms),
        (Provider::Gnss, Some(true), Some(2_000))
    );
    assert_eq!(
        place.pin.map(|pin| (pin.provider, pin.lat_e7)),
        Some((Provider::Manual, 323_413_000))
    );
    assert_eq!(place.point(), place.pin);
}

#[test]
fn a_camera_knows_its_target_before_it_opens_and_a_case_takes_forty_photos() {
    let phone = Phone::new();
    let begun = phone.call("draft_begin_shot", json!({ "slot": "plate" }));
    let draft = phone.finish(begun["name"].as_str().unwrap(), 1);
    assert_eq!(
        (&draft["photos"][0]["slot"], &draft["photos"][0]["role"]),
        (&json!("plate"), &json!("detail"))
    );
    for seed in 2..=40 {
        phone.shoot(seed, "camera", None);
    }
    {
        let command = "draft_begin_shot";
        assert_eq!(phone.refused(command, json!({ "slot": null })), "draft_too_many_photos");
    }
    phone.type_plate("苏A8K3R7");
    let case = phone.case(&phone.save());
    assert_eq!(case.photos.len(), 40);
    assert_eq!(case.photos[0].photo.role, PhotoRole::Detail);
}

#[test]
fn a_matter_of_a_later_pack_is_recorded_without_a_build() {
    let phone = Phone::new();
    phone.put_pack(
        r#"
        schema = 2
        version = "2099.1.1"
        tiles = ["XX01", "GONE"]
        [[item]]
        code = "XX01"
        zh = "新事项"
        en = "New matter"
        class = "other"
        subject = "place"
        units = ["处"]
    "#,
    );
    let state = phone.reopen().call("app_state", json!({}));
    assert_eq!(
        (&state["tiles"], &state["matters"][0]["zh"]),
        (&json!(["XX01"]), &json!("新事项"))
    );
    phone.shoot(1, "camera", None);
    phone.call(
        "draft_write",
        json!({ "matter": "XX01", "plate": "", "street": null, "note": "" }),
    );
    let case = phone.case(&phone.save());
    assert_eq!(case.matter.unwrap().pack.version, "2099.1.1");

    phone.put_pack("schema = 99");
    let state = phone.reopen().call("app_state", json!({}));
    assert_eq!(
        (&state["pack_problem"], state["matters"].as_array().unwrap().len()),
        (&json!("pack_newer"), 47)
    );
}

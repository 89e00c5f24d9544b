//! Photos.

use std::sync::Arc;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;
use support::people::path;
use support::{World, on_both};

on_both! { a_photo_is_seen_by_who_may_see_the_order, too_many_on_their_way_are_put_off }

pub(crate) fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(32, 24).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub(crate) async fn upload(who: &support::Person, at: &str, bytes: Vec<u8>) -> support::Answer {
    let form = Form::new().part("file", Part::bytes(bytes).file_name("照片.png"));
    who.send(who.request(Method::POST, at).multipart(form)).await
}

async fn a_photo_is_seen_by_who_may_see_the_order(world: Arc<World>) {
    let (wang, stranger) = (world.resident("王秀英").await, world.resident("陌生人").await);
    let order = wang.places(world.catalogue.free).await;
    let at = format!("{}?kind=request", path(&order, "photos"));
    let photo = upload(&wang, &at, png()).await.is(201);
    assert_eq!((&photo["width"], &photo["height"]), (&json!(32), &json!(24)));
    assert_eq!(upload(&stranger, &at, png()).await.status, 404);
    upload(&wang, &at, b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()).await.is_broken("/file", "photo");
    for first in [true, false] {
        let form = |form: Form| form.part("file", Part::bytes(png()).file_name("照片.png"));
        let form = if first { form(Form::new().text("title", "漏水")) } else { form(Form::new()).text("title", "漏水") };
        let answer = wang.send(wang.request(Method::POST, &at).multipart(form)).await;
        answer.is_broken("/title", "unknown_field");
    }
    assert_eq!(upload(&wang, &format!("{}?kind=work", path(&order, "photos")), png()).await.status, 403);
    let listed = wang.get(&path(&order, "photos")).await.is(200);
    let url = listed["items"][0]["url"].as_str().unwrap();
    let fetched = world.anyone.get(url).await;
    assert_eq!((fetched.status, fetched.header("content-type")), (200, photo["media_type"].as_str().unwrap()));
    assert_eq!(world.anyone.get(&url.replace("expires=", "expires=9")).await.status, 404, "the signature covers the time");
    world.clock.advance(chrono::TimeDelta::minutes(6));
    assert_eq!(world.anyone.get(url).await.status, 404, "an address ends");
    assert_eq!(stranger.get(&path(&order, "photos")).await.status, 404);
}

/// Each is held in memory while it comes: so many of all, and so many of one account, are taken on.
async fn too_many_on_their_way_are_put_off(world: Arc<World>) {
    let wang = world.resident("王秀英").await;
    let order = wang.places(world.catalogue.free).await;
    let at = format!("{}?kind=request", path(&order, "photos"));
    let free = u32::try_from(world.services.uploads.available_permits()).unwrap();
    let taken = world.services.uploads.clone().acquire_many_owned(free).await.unwrap();
    let answer = upload(&wang, &at, png()).await;
    answer.is_problem(503, "busy");
    assert!(answer.headers.contains_key("retry-after"));
    drop(taken);
    let own: Vec<_> = std::iter::from_fn(|| world.services.uploading.begin(wang.account)).collect();
    assert_eq!(own.len(), 2, "so many of one account");
    upload(&wang, &at, png()).await.is_problem(503, "busy");
    drop(own);
    let _ = upload(&wang, &at, png()).await.is(201);
}

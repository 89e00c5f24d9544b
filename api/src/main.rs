//! The binary `linli`.

use std::process::ExitCode;

/// Many threads allocate and free small pieces for each request: the C library's allocator takes longer and keeps more of it.
/// Without huge pages (`no_thp`): a piece that is kept would hold two megabytes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    api::cli::run().await
}

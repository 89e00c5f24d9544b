# The two images that this one is made of and on. To build again exactly what was built before, give them by digest:
#   docker build --build-arg RUST_IMAGE=rust@sha256:… --build-arg DEBIAN_IMAGE=debian@sha256:… .
ARG RUST_IMAGE=rust:1.95-slim-bookworm
ARG DEBIAN_IMAGE=debian:bookworm-slim

FROM ${RUST_IMAGE} AS builder
# A C compiler, make and perl build the databases' client libraries and OpenSSL, which are linked into the program.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends build-essential perl && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN cargo build --release --locked --package linli-api --bin linli

FROM ${DEBIAN_IMAGE}
# Root certificates, for calls to WeChat. Debian's own updates are wanted, so no version is pinned.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin linli \
    && install -d -o linli -g linli -m 0700 /data
COPY --from=builder /build/target/release/linli /usr/local/bin/linli
COPY LICENSE /usr/share/doc/linli/LICENSE

# Nothing is written outside of /data.
ENV LINLI_DATA=/data LINLI_LISTEN=0.0.0.0:8080
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# What a balancer asks, too. There is no curl here, and bash speaks enough HTTP.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["linli"]
CMD ["serve"]

# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS builder
# A C compiler, make and perl build the databases' client libraries and OpenSSL, which are linked into the program.
RUN apt-get update && apt-get install -y --no-install-recommends build-essential perl && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN cargo build --release --locked --package linli-api --bin linli

FROM debian:bookworm-slim
# Root certificates, for calls to WeChat.
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
ENTRYPOINT ["linli"]
CMD ["serve"]

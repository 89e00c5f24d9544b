/* A disk that is slower to confirm by 1.5 ms, as one with a journal and a write barrier is:
 *   cc -shared -fPIC -o /tmp/slow_disk.so tests/load/slow_disk.c
 *   LD_PRELOAD=/tmp/slow_disk.so target/release/load --only sqlite
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

static int later(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(file);
    usleep(1500);
    return result;
}

int fsync(int file) { return later("fsync", file); }
int fdatasync(int file) { return later("fdatasync", file); }

/* The head of the AppImage: unpacks the file system that hangs on its end into the cache of the user, once for each
 * version, and starts what is in it. It needs nothing but the C library, neither FUSE nor a right to mount.
 *
 * cc -Os -DNAME='"strongroom"' appimage.c libsquashfuse.a libzstd.a libz.a -o runtime; then append the file system (see build.py).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <squashfuse/squashfuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL 65536

/* The file system is packed with zstd: what could unpack others is left out, also for the licence of one of them. */
int lzo1x_decompress_safe(void) { return -1; }
int LZ4_decompress_safe(void) { return -1; }
int lzma_stream_buffer_decode(void) { return -1; }

static char self[PATH_MAX];

static void stop(const char *what) {
    fprintf(stderr, "%s: %s: %s\n", NAME, what, errno ? strerror(errno) : "not as it should be");
    exit(1);
}

static void join(char *into, const char *folder, const char *name) {
    if (snprintf(into, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        stop(folder);
    }
}

/* Where the program ends and the file system begins. */
static size_t end_of_program(int file) {
    Elf64_Ehdr head;
    if (pread(file, &head, sizeof head, 0) != sizeof head || memcmp(head.e_ident, ELFMAG, SELFMAG)) stop(self);
    return head.e_shoff + (size_t)head.e_shentsize * head.e_shnum;
}

/* A name for this build: of the first and the last bytes of the file system, which hold its times, sizes and tables. */
static void name_of(char *into, int file, size_t offset) {
    static unsigned char bytes[sizeof(struct squashfs_super_block) + TAIL];
    struct stat about;
    unsigned long long sum = 14695981039346656037ULL;
    if (fstat(file, &about)) stop(self);
    ssize_t head = pread(file, bytes, sizeof(struct squashfs_super_block), offset);
    off_t last = about.st_size > TAIL ? about.st_size - TAIL : 0;
    ssize_t tail = pread(file, bytes + sizeof(struct squashfs_super_block), TAIL, last);
    if (head < 0 || tail < 0) stop(self);
    for (size_t at = 0; at < sizeof bytes; at++) sum = (sum ^ bytes[at]) * 1099511628211ULL;
    snprintf(into, 20, "%016llx", sum);
}

static void write_file(sqfs *system, sqfs_inode *inode, const char *path) {
    static char block[1 << 20];
    int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, inode->base.mode & 0700);
    if (out < 0) stop(path);
    for (sqfs_off_t at = 0; at < (sqfs_off_t)inode->xtra.reg.file_size;) {
        sqfs_off_t size = sizeof block;
        if (sqfs_read_range(system, inode, at, &size, block) || size <= 0) stop(path);
        for (sqfs_off_t written = 0; written < size;) {
            ssize_t some = write(out, block + written, size - written);
            if (some < 0) stop(path);
            written += some;
        }
        at += size;
    }
    if (close(out)) stop(path);
}

static void unpack(size_t offset, const char *folder) {
    sqfs system;
    sqfs_traverse walk;
    sqfs_err error = SQFS_OK;
    char path[PATH_MAX], link[PATH_MAX];
    if (sqfs_open_image(&system, self, offset)) stop(self);
    if (sqfs_traverse_open(&walk, &system, sqfs_inode_root(&system))) stop(self);
    while (sqfs_traverse_next(&walk, &error)) {
        sqfs_inode inode;
        if (walk.dir_end) continue;
        if (sqfs_inode_get(&system, &inode, walk.entry.inode)) stop(self);
        join(path, folder, walk.path);
        if (S_ISDIR(inode.base.mode)) {
            if (mkdir(path, 0700) && errno != EEXIST) stop(path);
        } else if (S_ISREG(inode.base.mode)) {
            write_file(&system, &inode, path);
        } else if (S_ISLNK(inode.base.mode)) {
            size_t size = sizeof link;
            if (sqfs_readlink(&system, &inode, link, &size) || symlink(link, path)) stop(path);
        }
    }
    if (error) stop(self);
    sqfs_traverse_close(&walk);
}

static int forget(const char *path, const struct stat *about, int kind, struct FTW *place) {
    (void)about, (void)kind, (void)place;
    return remove(path);
}

static void delete(const char *folder) { nftw(folder, forget, 16, FTW_DEPTH | FTW_PHYS); }

/* What other versions have left behind, if nobody runs it any more. */
static void tidy(const char *cache, const char *kept) {
    DIR *list = opendir(cache);
    struct dirent *entry;
    char path[PATH_MAX], lock[PATH_MAX];
    while (list && (entry = readdir(list))) {
        size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".lock")) continue;
        join(lock, cache, entry->d_name);
        strcpy(path, lock);
        path[strlen(path) - 5] = 0;
        if (!strcmp(path, kept)) continue;
        int held = open(lock, O_RDWR | O_CLOEXEC);
        if (held >= 0 && !flock(held, LOCK_EX | LOCK_NB)) {
            delete(path);
            unlink(lock);
        }
        if (held >= 0) close(held);
    }
    if (list) closedir(list);
}

/* A folder for this user alone, below ~/.cache. */
static void find_cache(char *cache) {
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char path[PATH_MAX];
    if (base && *base == '/') {
        join(path, base, "");
    } else if (home && *home == '/') {
        join(path, home, ".cache");
    } else {
        errno = ENOENT;
        stop("HOME");
    }
    mkdir(path, 0700);
    join(cache, path, NAME "-appimage");
    struct stat about;
    if ((mkdir(cache, 0700) && errno != EEXIST) || lstat(cache, &about)) stop(cache);
    errno = 0;
    if (!S_ISDIR(about.st_mode) || about.st_uid != getuid() || about.st_mode & 022) stop(cache);
}

int main(int count, char **words) {
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0) stop("/proc/self/exe");
    self[length] = 0;
    int file = open(self, O_RDONLY | O_CLOEXEC);
    if (file < 0) stop(self);
    size_t offset = end_of_program(file);
    if (count == 2 && !strcmp(words[1], "--appimage-offset")) return printf("%zu\n", offset) < 0;
    if (count == 2 && !strcmp(words[1], "--appimage-extract")) {
        if (mkdir("squashfs-root", 0700)) stop("squashfs-root");
        unpack(offset, "squashfs-root");
        return 0;
    }
    char cache[PATH_MAX], name[20], home[PATH_MAX], fresh[PATH_MAX], program[PATH_MAX], lock[PATH_MAX];
    find_cache(cache);
    name_of(name, file, offset);
    join(home, cache, name);
    if (snprintf(lock, sizeof lock, "%s.lock", home) >= PATH_MAX) stop(home);
    if (snprintf(fresh, sizeof fresh, "%s.new", home) >= PATH_MAX) stop(home);
    /* Held open by the program for as long as it runs, so that no later version deletes it meanwhile. */
    int held = open(lock, O_RDWR | O_CREAT, 0600);
    if (held < 0 || flock(held, LOCK_EX)) stop(lock);
    if (access(home, F_OK)) {
        delete(fresh);
        if (mkdir(fresh, 0700)) stop(fresh);
        unpack(offset, fresh);
        if (rename(fresh, home)) stop(home);
        tidy(cache, home);
    }
    if (flock(held, LOCK_SH)) stop(lock);
    setenv("APPIMAGE", self, 1);
    setenv("APPDIR", home, 1);
    join(program, home, "AppRun");
    execv(program, words);
    stop(program);
}

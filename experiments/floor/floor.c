/*
 * The floor: the minimum time to create, read, copy or delete files on Linux.
 * Names and bytes are ready before the clock starts. The program makes plain
 * system calls, and THREADS threads take one file after another from a shared
 * counter. No step can be removed, so a program that takes longer spends the
 * difference on its own overhead.
 *
 *	floor [-t] [-b BLOCK] [-s SPLIT] create THREADS OUTPUT FILES SIZE SEED
 *	floor [-t] [-b BLOCK] [-s SPLIT] read   THREADS INPUT  FILES
 *	floor [-t] [-b BLOCK] [-s SPLIT] copy   THREADS INPUT  OUTPUT FILES
 *	floor [-t]                       delete THREADS INPUT  FILES
 *
 * A larger file is read and written in blocks of BLOCK bytes, 1 MiB by default.
 * With -s threads take ranges of SPLIT bytes instead of files, so several of
 * them work on one large file.
 *
 * With -t it prints the duration of the work in seconds, without the start of
 * the program. As a contender of an experiment it is timed with its start, like
 * every program.
 *
 * Build it with: cc -O2 -pthread -o floor floor.c
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SMALL = 16 << 10, HUGE_PAGE = 2 << 20 };

static int input = -1, output = -1; /* directories */
static long files, size;
static long block = 1 << 20; /* bytes of a call */
static long split; /* bytes of a range; 0: a range is a whole file */
static long threads;
static char (*names)[32];
static void (*work)(long file, long at, long n, char *buffer); /* does n bytes from at on */
static atomic_long next;
static pthread_barrier_t gate;

static void fail(const char *what, const char *name)
{
	fprintf(stderr, "floor: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

/*
 * The content that iosweep calls `bytes`: every file is a section of one tape of
 * random bytes, which is circular. The tape contains the output of SplitMix64
 * (Steele, Lea, Flood 2014) in little-endian order. Its length is a prime, so all
 * files begin at different positions.
 */
enum { TAPE = 1048583, STRETCH = 1 << 20 };
static char tape[TAPE + STRETCH];

static void record(uint64_t seed)
{
	for (long at = 0; at < TAPE; at += 8) {
		uint64_t z = seed += 0x9e3779b97f4a7c15;
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
		z = (z ^ z >> 27) * 0x94d049bb133111eb;
		z ^= z >> 31;
		for (int byte = 0; byte < 8 && at + byte < TAPE; byte++)
			tape[at + byte] = z >> 8 * byte;
	}
	memcpy(tape + TAPE, tape, STRETCH);
}

static long at_most(long n, long limit)
{
	return n < limit ? n : limit;
}

static void put(int fd, const char *bytes, long n, long at, const char *name)
{
	while (n > 0) {
		long written = pwrite(fd, bytes, n, at);
		if (written < 0)
			fail("write", name);
		bytes += written;
		at += written;
		n -= written;
	}
}

/* With ranges the file exists already, because several threads write it. */
static int make(long file)
{
	int fd = openat(output, names[file], O_WRONLY | O_CLOEXEC | (split ? 0 : O_CREAT | O_EXCL), 0644);
	if (fd < 0)
		fail("create", names[file]);
	return fd;
}

static int find(long file)
{
	int fd = openat(input, names[file], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail("open", names[file]);
	return fd;
}

static void finish(int fd, long file)
{
	if (close(fd) < 0)
		fail("close", names[file]);
}

static void create_range(long file, long at, long n, char *buffer)
{
	(void)buffer;
	int fd = make(file);
	uint64_t from = ((uint64_t)file * 2654435761 + at) % TAPE;
	for (long end = at + n; at < end;) {
		n = at_most(end - at, at_most(block, STRETCH));
		put(fd, tape + from, n, at, names[file]);
		from = (from + n) % TAPE;
		at += n;
	}
	finish(fd, file);
}

static void read_range(long file, long at, long n, char *buffer)
{
	int fd = find(file);
	for (long end = at + n; at < end; at += n)
		if ((n = pread(fd, buffer, at_most(end - at, block), at)) <= 0)
			fail("read", names[file]);
	finish(fd, file);
}

/*
 * Small files are copied through the buffer. Larger files are copied inside the
 * kernel, which takes a tenth less time on tmpfs. If several threads copy ranges
 * of one file, they use buffers: a copy inside the kernel holds the lock of the
 * output for the whole range, so a second thread only waits for the first one.
 */
static void copy_range(long file, long at, long n, char *buffer)
{
	int from = find(file), to = make(file);
	for (long end = at + n, in = at, out = at; at < end; at += n) {
		if (size < SMALL || (split && threads > 1)) {
			if ((n = pread(from, buffer, at_most(end - at, block), at)) > 0)
				put(to, buffer, n, at, names[file]);
		} else {
			n = copy_file_range(from, &in, to, &out, end - at, 0);
		}
		if (n <= 0)
			fail("copy", names[file]);
	}
	finish(to, file);
	finish(from, file);
}

static void delete_one(long file, long at, long n, char *buffer)
{
	(void)at, (void)n, (void)buffer;
	if (unlinkat(input, names[file], 0) < 0)
		fail("delete", names[file]);
}

/* Makes and sizes every output file, so that threads can write ranges of it. */
static void make_sized(void)
{
	for (long file = 0; file < files; file++) {
		int fd = openat(output, names[file], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0 || ftruncate(fd, size) < 0)
			fail("create", names[file]);
		finish(fd, file);
	}
}

static void *draw(void *unused)
{
	long ranges = split && size > split ? (size + split - 1) / split : 1; /* of each file */
	long room = at_most(block, size);
	/* A large buffer has huge pages, so it takes one page fault and not hundreds. */
	long page = room >= HUGE_PAGE / 2 ? HUGE_PAGE : 4096;
	long bytes = (room / page + 1) * page;
	char *buffer = aligned_alloc(page, bytes);
	if (!buffer)
		fail("memory for", "a thread");
	if (page == HUGE_PAGE)
		madvise(buffer, bytes, MADV_HUGEPAGE); /* without huge pages it is a buffer like any other */
	memset(buffer, 0, room);
	pthread_barrier_wait(&gate); /* all threads are ready */
	pthread_barrier_wait(&gate); /* the clock has started */
	for (long range; (range = atomic_fetch_add(&next, 1)) < files * ranges;) {
		long at = range % ranges * split;
		work(range / ranges, at, split ? at_most(size - at, split) : size, buffer);
	}
	free(buffer);
	return unused;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static long number(const char *text)
{
	char *end;
	errno = 0;
	long n = strtol(text, &end, 10);
	if (errno || *end || end == text || n < 0) {
		fprintf(stderr, "floor: \"%s\" is no number\n", text);
		exit(2);
	}
	return n;
}

static int directory(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fail("open", path);
	return fd;
}

/* All files of an input have the size of the first one. */
static long size_of_first(void)
{
	struct stat info;
	if (files > 0 && fstatat(input, names[0], &info, 0) < 0)
		fail("look at", names[0]);
	return files > 0 ? info.st_size : 0;
}

static void usage(void)
{
	fprintf(stderr, "usage: floor [-t] [-b BLOCK] [-s SPLIT] create THREADS OUTPUT FILES SIZE SEED\n"
			"       floor [-t] [-b BLOCK] [-s SPLIT] read   THREADS INPUT FILES\n"
			"       floor [-t] [-b BLOCK] [-s SPLIT] copy   THREADS INPUT OUTPUT FILES\n"
			"       floor [-t]                       delete THREADS INPUT FILES\n");
	exit(2);
}

int main(int argc, char **argv)
{
	bool timed = false;
	for (int option; (option = getopt(argc, argv, "+tb:s:")) != -1;) {
		if (option == 't')
			timed = true;
		else if (option == 'b' && (block = number(optarg)) > 0)
			continue;
		else if (option == 's' && (split = number(optarg)) > 0)
			continue;
		else
			usage();
	}
	argc -= optind;
	argv += optind;
	if (argc == 6 && !strcmp(argv[0], "create")) {
		work = create_range;
		output = directory(argv[2]);
		files = number(argv[3]);
		size = number(argv[4]);
		record(number(argv[5]));
	} else if (argc == 4 && !strcmp(argv[0], "read")) {
		work = read_range;
		input = directory(argv[2]);
		files = number(argv[3]);
	} else if (argc == 5 && !strcmp(argv[0], "copy")) {
		work = copy_range;
		input = directory(argv[2]);
		output = directory(argv[3]);
		files = number(argv[4]);
	} else if (argc == 4 && !strcmp(argv[0], "delete")) {
		work = delete_one;
		input = directory(argv[2]);
		files = number(argv[3]);
	} else {
		usage();
	}
	threads = number(argv[1]);
	names = calloc(files + 1, sizeof *names);
	pthread_t *ids = calloc(threads, sizeof *ids);
	if (threads < 1 || !names || !ids)
		usage();
	for (long file = 0; file < files; file++)
		snprintf(names[file], sizeof *names, "data-%04ld.bin", file);
	if (work == read_range || work == copy_range)
		size = size_of_first();

	pthread_barrier_init(&gate, NULL, threads + 1);
	for (long i = 0; i < threads; i++)
		if ((errno = pthread_create(&ids[i], NULL, draw, NULL)))
			fail("start", "a thread");
	pthread_barrier_wait(&gate);
	double began = now();
	if (split && output >= 0)
		make_sized();
	pthread_barrier_wait(&gate);
	for (long i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	if (timed)
		printf("%.9f\n", now() - began);
	return 0;
}

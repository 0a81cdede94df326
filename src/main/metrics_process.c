/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* metrics_process -- of the process itself: /proc/self and getrusage(); see metrics.h. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/slice.h"
#include "main/metrics.h"

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

/* Fields of /proc/self/stat behind the name in brackets: 3 is the first of them (proc(5)). */
static double stat_field(unsigned field)
{
	char text[1024] = "", *p;
	FILE *f = fopen("/proc/self/stat", "re");

	if (!f)
		return 0;
	text[fread(text, 1, sizeof text - 1, f)] = 0;
	fclose(f);
	p = strrchr(text, ')');
	for (unsigned i = 2; p && i < field; i++)
		p = strchr(p + 1, ' ');
	return p ? strtod(p, NULL) : 0;
}

#define STAT_START 22 /* clock ticks since boot */
#define STAT_RSS   24 /* pages */

static double start_time_s(void)
{
	struct timespec now, up;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return (double)(now.tv_sec - up.tv_sec) +
		(double)(now.tv_nsec - up.tv_nsec) / 1e9 +
		stat_field(STAT_START) / (double)sysconf(_SC_CLK_TCK);
}

static unsigned count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n > 3 ? n - 3 : 0; /* ".", ".." and this folder */
}

static void sample(FILE *f, enum metric m, double value)
{
	metrics_family(f, m);
	fprintf(f, "%s %.17g\n", metrics[m].name, value);
}

void metrics_process(FILE *f)
{
	struct rlimit lim = { 0 };
	struct rusage used = { 0 };

	(void)getrusage(RUSAGE_SELF, &used);
	(void)getrlimit(RLIMIT_NOFILE, &lim);
	sample(f, METRIC_START_TIME, start_time_s());
	sample(f, METRIC_CPU, seconds(&used.ru_utime) + seconds(&used.ru_stime));
	sample(f, METRIC_MEMORY, stat_field(STAT_RSS) * (double)sysconf(_SC_PAGESIZE));
	sample(f, METRIC_OPEN_FDS, count_fds());
	sample(f, METRIC_MAX_FDS, (double)lim.rlim_cur);
}

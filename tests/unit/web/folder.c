/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* folder -- see folder.h */
#include "folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = { "files", "files/desk", "files/lib", "files/login",
	"files/caller", "files/.git" };

static const struct {
	const char *path, *text;
} texts[] = {
	{ "outside.txt", "outside" },
	{ "files/.git/config", "secret" },
	{ "files/desk/.secret", "secret" },
	{ "files/desk/index.html", "<!doctype html><title>desk</title>" },
	{ "files/desk/app.js", "export const app = 1;\n" },
	{ "files/desk/app-3f9c2b71.js", "export const app = 2;\n" },
	{ "files/desk/app-decadedeface.js", "export const app = 3;\n" },
	{ "files/desk/empty.css", "" },
	{ "files/lib/x.mjs", "export const x = 1;\n" },
	{ "files/lib/style.css", "p { margin: 0 }\n" },
	{ "files/lib/icon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>" },
	{ "files/lib/words.json", "{}" },
	{ "files/lib/guard.wasm", "asm" },
	{ "files/lib/ring.wav", "RIFF" },
	{ "files/lib/m.webmanifest", "{}" },
	{ "files/lib/other", "?" },
	{ "files/login/index.html", "<!doctype html><title>login</title>" },
	{ "files/caller/index.html", "<!doctype html><title>caller</title>" },
};

static char dir[64], files[80];

static void must(int failed, const char *what)
{
	if (failed) {
		perror(what);
		abort();
	}
}

static const char *at(const char *path)
{
	static char full[512];

	snprintf(full, sizeof full, "%s/%s", dir, path);
	return full;
}

static void write_file(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(at(path), "w");

	must(!f || fwrite(p, 1, n, f) != n || fclose(f), path);
}

char *folder_make(void)
{
	char *big = calloc(1, FOLDER_BIG);

	must(!big, "memory");
	snprintf(dir, sizeof dir, "/tmp/heimamt-web-XXXXXX");
	must(!mkdtemp(dir), dir);
	snprintf(files, sizeof files, "%s/files", dir);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		must(mkdir(at(folders[i]), 0700), folders[i]);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		write_file(texts[i].path, texts[i].text, strlen(texts[i].text));
	for (size_t i = 0; i < FOLDER_BIG; i++)
		big[i] = (char)(i >> 8);
	write_file("files/desk/big.wav", big, FOLDER_BIG);
	free(big);
	must(symlink("../../outside.txt", at("files/desk/link.txt")), "link");
	must(mkfifo(at("files/desk/fifo"), 0600), "fifo");
	return dir;
}

const char *folder_files(void)
{
	return files;
}

void folder_add_deep(int levels)
{
	char path[256] = "files";

	for (int i = 0; i < levels; i++) {
		size_t n = strlen(path);

		snprintf(path + n, sizeof path - n, "/d");
		must(mkdir(at(path), 0700), path);
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void folder_remove(char *root)
{
	must(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), root);
}

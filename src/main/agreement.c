/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* agreement -- heimamt agreement publish, list, end: the house's side of the agreement on working from home. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "main/commands.h"
#include "main/options.h"
#include "main/paper.h"
#include "store/agreement.h"

static const char usage[] =
	"heimamt agreement publish --effective DATE --editorial|--material [--preview]\n"
	"heimamt agreement list\n"
	"heimamt agreement end LOGIN\n"
	"heimamt agreement pdf LOGIN [--out FILE]\n"
	"                  [--config FILE] [--state DIR] [--json]\n"
	"  The centre may be running: what is done takes effect within a second, and no "
	"talk "
	"is cut for it.\n\n"
	"  publish  the texts de.txt, fr.txt, it.txt and en.txt of the folder "
	"agreement.folder "
	"as the next version\n"
	"    --effective DATE  2027-03-01, at midnight here, or: now\n"
	"    --editorial       signatures stay valid\n"
	"    --material        to be signed anew; the first version is\n"
	"    --preview         publish nothing; say who would lose routing to their home "
	"on "
	"that day\n"
	"  list     the versions, and who signed which; --json: for programs\n"
	"  end      ends the agreement with an agent. Agents end it at their desk.\n"
	"  pdf      the agent's copy of what it signed last, with all that proves it. "
	"Agents get it at their desk.\n\n"
	"Examples:\n"
	"  heimamt agreement publish --material --effective 2027-03-01 --preview\n"
	"  heimamt agreement publish --material --effective now --config "
	"dist/demo/heimamt.conf --state var\n"
	"  heimamt agreement list --json\n";

struct house {
	struct options o;
	struct config c;
	struct store *st;
	struct store_agreements *a;
};

static void date_text(char out[32], int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	*out = 0;
	if (localtime_r(&s, &tm))
		(void)strftime(out, 32, "%Y-%m-%d %H:%M", &tm);
}

/* False: that is no date. */
static bool read_date(const char *text, int64_t now_ms, int64_t *ms)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *rest;
	time_t s;

	if (text && strcmp(text, "now") == 0) {
		*ms = now_ms;
		return true;
	}
	rest = text ? strptime(text, "%Y-%m-%d", &tm) : NULL;
	s = rest && !*rest ? mktime(&tm) : (time_t)-1;
	*ms = (int64_t)s * 1000;
	return s != (time_t)-1;
}

/* --- the texts --- */

/* Lines of clean UTF-8, as a person can read and a browser can show. */
static bool is_text(const char *text)
{
	char line[STORE_TEXT_MAX + 1];

	while (*text) {
		size_t n = strcspn(text, "\n");

		memcpy(line, text, n);
		line[n] = 0;
		if (!text_is_clean_utf8(line))
			return false;
		text += n + (text[n] == '\n');
	}
	return true;
}

/* Owned by the caller; NULL: told. */
static char *read_text(const char *folder, enum home_language l)
{
	char path[OPTIONS_PATH_MAX], name[16];
	char *text = calloc(1, STORE_TEXT_MAX + 2);
	int fd = -1;
	ssize_t n = -1;

	(void)text_format(name, sizeof name, "%s.txt", home_language_word(l));
	if (text && !options_path(path, folder, name))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, STORE_TEXT_MAX + 1);
		close(fd);
	}
	if (n > 0 && n <= STORE_TEXT_MAX && strlen(text) == (size_t)n && is_text(text))
		return text;
	fprintf(stderr,
		"%s/%s: %s. It must be a text in UTF-8 of at most %d bytes; set "
		"agreement.folder.\n",
		folder, name, n < 0 ? strerror(errno) : "cannot be used", STORE_TEXT_MAX);
	free(text);
	return NULL;
}

static int read_texts(
	const struct config *c, char *texts[HOME_LANGUAGES], struct home_version *v)
{
	char folder[OPTIONS_PATH_MAX];
	int err = *c->agreement ? text_copy(folder, sizeof folder, c->agreement)
				: options_data(folder, "agreement");

	for (unsigned l = 0; !err && l < HOME_LANGUAGES; l++) {
		texts[l] = read_text(folder, (enum home_language)l);
		if (!texts[l] ||
			!EVP_Digest(texts[l], strlen(texts[l]), v->hash[l], NULL,
				EVP_sha256(), NULL))
			err = EINVAL;
	}
	return err;
}

/* --- publish --- */

static unsigned missing_at(const struct house *h, const struct home_version *versions,
	size_t n, const struct store_home_agent *ag, int64_t ms)
{
	static const struct home_declaration none;
	struct home_case c = { .versions = versions,
		.n = n,
		.reconfirm_ms = h->c.reconfirm_ms,
		.standing = &ag->standing,
		.declaration = &none };

	return home_decide(&c, (struct home_now){ ms, 0 }).missing & HOME_AGREEMENT_BITS;
}

static const struct store_home_agent *record_of(const struct house *h, uint64_t agent)
{
	for (size_t i = 0; i < h->a->n_agents; i++)
		if (h->a->agents[i].agent == agent)
			return &h->a->agents[i];
	return NULL;
}

/* Whose home is open without it on that day, and would not be with it. */
static void preview(const struct house *h, const struct home_version *next)
{
	size_t n = h->a->n_versions;
	struct home_version *with = calloc(n + 1, sizeof *with);
	json_t *losers = json_array();

	if (with && n)
		memcpy(with, h->a->versions, n * sizeof *with);
	if (with)
		with[n] = *next;
	for (size_t i = 0; with && i < h->c.n_agents; i++) {
		const struct store_agent *ag = &h->c.agents[i].store;
		const struct store_home_agent *r = record_of(h, ag->id);

		if (r && !missing_at(h, with, n, r, next->effective_ms) &&
			missing_at(h, with, n + 1, r, next->effective_ms))
			(void)json_array_append_new(losers, json_string(ag->login));
	}
	if (h->o.json) {
		json_t *told = json_pack("{s:i, s:O}", "version", (int)next->number,
			"would_lose_home", losers);

		(void)json_dumpf(told, stdout, JSON_COMPACT);
		puts("");
		json_decref(told);
	} else {
		printf("Version %u would take routing to their home from %zu of %zu "
		       "agents, until they sign:\n",
			next->number, json_array_size(losers), h->c.n_agents);
		for (size_t i = 0; i < json_array_size(losers); i++)
			printf("  %s\n", json_string_value(json_array_get(losers, i)));
	}
	json_decref(losers);
	free(with);
}

static int publish_it(const struct house *h, const struct home_version *v,
	char *const texts[HOME_LANGUAGES], int64_t now_ms)
{
	const char *borrowed[HOME_LANGUAGES];
	int err;

	for (size_t l = 0; l < HOME_LANGUAGES; l++)
		borrowed[l] = texts[l];
	err = store_publish(h->st, v, now_ms, borrowed);
	if (err)
		fprintf(stderr, "heimamt: version %u could not be recorded: %s.\n",
			v->number, strerror(err));
	else if (h->o.json)
		printf("{\"version\":%u}\n", v->number);
	else
		printf("Version %u is published.\n", v->number);
	return err ? 1 : 0;
}

static int publish(struct house *h)
{
	char *texts[HOME_LANGUAGES] = { NULL };
	int64_t now_ms = options_wall_ms();
	struct home_version v = { .number = (uint32_t)h->a->n_versions + 1,
		.is_material = h->o.material };
	const char *why;
	int status = 1;

	if (h->o.material == h->o.editorial ||
		!read_date(h->o.effective, now_ms, &v.effective_ms)) {
		fputs("heimamt: say --effective DATE (such as 2027-03-01, or now), and "
		      "either --editorial or --material.\n",
			stderr);
		return EXIT_USAGE;
	}
	if (read_texts(&h->c, texts, &v))
		goto out;
	why = home_publish_refuses(h->a->versions, h->a->n_versions, &v, now_ms);
	if (why) {
		fprintf(stderr, "heimamt: nothing is published: %s.\n", why);
		goto out;
	}
	if (h->o.preview) {
		preview(h, &v);
		status = 0;
	} else {
		status = publish_it(h, &v, texts, now_ms);
	}
out:
	for (size_t l = 0; l < HOME_LANGUAGES; l++)
		free(texts[l]);
	return status;
}

/* --- list --- */

static json_t *version_json(const struct house *h, size_t i)
{
	const struct home_version *v = &h->a->versions[i];
	json_t *hashes = json_object();

	for (unsigned l = 0; l < HOME_LANGUAGES; l++) {
		char hex[2 * HOME_HASH + 1];

		text_hex(hex, sizeof hex, v->hash[l], HOME_HASH);
		(void)json_object_set_new(hashes,
			home_language_word((enum home_language)l), json_string(hex));
	}
	return json_pack("{s:i, s:b, s:I, s:I, s:o}", "version", (int)v->number,
		"material", v->is_material, "effective_ms", (json_int_t)v->effective_ms,
		"published_ms", (json_int_t)h->a->published_ms[i], "sha256", hashes);
}

static json_t *agent_json(const struct house *h, size_t i)
{
	const struct store_agent *ag = &h->c.agents[i].store;
	const struct store_home_agent *r = record_of(h, ag->id);

	return json_pack("{s:s, s:i, s:I, s:b, s:b}", "agent", ag->login, "signed",
		r ? (int)r->standing.signed_version : 0, "confirmed_ms",
		(json_int_t)(r ? r->standing.confirmed_ms : 0), "ended",
		r && r->standing.is_ended, "changed", r && r->standing.has_changed);
}

static void list_json(const struct house *h)
{
	json_t *versions = json_array(), *agents = json_array(), *told;

	for (size_t i = 0; i < h->a->n_versions; i++)
		(void)json_array_append_new(versions, version_json(h, i));
	for (size_t i = 0; i < h->c.n_agents; i++)
		(void)json_array_append_new(agents, agent_json(h, i));
	told = json_pack("{s:o, s:o}", "versions", versions, "agents", agents);
	(void)json_dumpf(told, stdout, JSON_COMPACT);
	puts("");
	json_decref(told);
}

static void list_agent(const struct house *h, size_t i)
{
	const struct store_agent *ag = &h->c.agents[i].store;
	const struct store_home_agent *r = record_of(h, ag->id);
	char date[32];

	if (r && r->standing.signed_version) {
		date_text(date, r->standing.confirmed_ms);
		printf("  %-20s version %u, confirmed %s%s\n", ag->login,
			r->standing.signed_version, date,
			r->standing.has_changed ? ", situation changed since" : "");
	} else {
		printf("  %-20s %s\n", ag->login,
			r && r->standing.is_ended ? "ended" : "not signed");
	}
}

static int list(struct house *h)
{
	char date[32];

	if (h->o.json) {
		list_json(h);
		return 0;
	}
	if (h->a->n_versions == 0)
		puts("No version is published: work from home needs the declaration of "
		     "the "
		     "shift alone.");
	for (size_t i = 0; i < h->a->n_versions; i++) {
		const struct home_version *v = &h->a->versions[i];

		date_text(date, v->effective_ms);
		printf("Version %u, %s, effective %s\n", v->number,
			v->is_material ? "material" : "editorial", date);
	}
	for (size_t i = 0; i < h->c.n_agents; i++)
		list_agent(h, i);
	return 0;
}

/* --- end --- */

static int end(struct house *h)
{
	struct store_agent agent;
	int err;

	if (!h->o.word) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (store_find_agent(h->st, h->o.word, &agent)) {
		fprintf(stderr, "heimamt: there is no agent \"%s\" in %s.\n", h->o.word,
			h->o.config);
		return 1;
	}
	err = store_end_by_house(h->st, agent.id, options_wall_ms());
	if (err)
		fprintf(stderr, "heimamt: the end could not be recorded: %s.\n",
			strerror(err));
	return err ? 1 : 0;
}

static int pdf(struct house *h)
{
	if (!h->o.word) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	return paper_command(&h->o, &h->c, h->st);
}

static const struct {
	const char *word;
	int (*run)(struct house *h);
} commands[] = { { "publish", publish }, { "list", list }, { "end", end },
	{ "pdf", pdf } };

static int run(int (*command)(struct house *h), struct house *h)
{
	int status = 1;

	if (config_read(&h->c, h->o.config))
		return EXIT_USAGE;
	if (options_open_store(&h->o, &h->c, &(struct store_config){ 0 }, &h->st) == 0 &&
		store_load_agreements(h->st, &h->a) == 0)
		status = command(h);
	store_agreements_free(h->a);
	store_close(h->st);
	config_close(&h->c);
	return status;
}

int command_agreement(int argc, char **argv)
{
	struct house h = { .st = NULL };
	int status;

	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(argv[1], commands[i].word) != 0)
			continue;
		status = options_read(&h.o, argc - 1, argv + 1, usage);
		return status ? status - 1 : run(commands[i].run, &h);
	}
	status = options_read(&h.o, argc, argv, usage);
	if (status == 1)
		return 0; /* help */
	if (!status)
		fputs(usage, stderr);
	return EXIT_USAGE;
}

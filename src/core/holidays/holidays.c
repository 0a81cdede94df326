/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* holidays -- see holidays.h */
#include "core/holidays/holidays.h"

#include <string.h>

#include "core/home/week.h"

/* In the order of the Federal Constitution, Art. 1; the bits of the table below. */
enum canton {
	ZH,
	BE,
	LU,
	UR,
	SZ,
	OW,
	NW,
	GL,
	ZG,
	FR,
	SO,
	BS,
	BL,
	SH,
	AR,
	AI,
	SG,
	GR,
	AG,
	TG,
	TI,
	VD,
	VS,
	NE,
	GE,
	JU
};
static const char codes[HOLIDAYS_CANTONS + 1][3] = { "", "ZH", "BE", "LU", "UR", "SZ",
	"OW", "NW", "GL", "ZG", "FR", "SO", "BS", "BL", "SH", "AR", "AI", "SG", "GR",
	"AG", "TG", "TI", "VD", "VS", "NE", "GE", "JU" };

#define B(c) (1u << (c))
#define ALL  ((1u << HOLIDAYS_CANTONS) - 1)
/* where Corpus Christi, the Assumption and All Saints' are */
#define CATHOLIC                                                                         \
	(B(LU) | B(UR) | B(SZ) | B(OW) | B(NW) | B(ZG) | B(FR) | B(SO) | B(AI) | B(AG) | \
		B(TI) | B(VS) | B(JU))

enum rule {
	FIXED, /* month, day */
	EASTER, /* so many days after: day */
	NAEFELS, /* the first Thursday of April; in Holy Week a week later */
	SUNDAY, /* the day'th Sunday of the month, and so many days after: offset */
};

enum only {
	ALWAYS,
	AFTER_SUNDAY, /* where the day before is a Sunday: the list's footnote 10 */
	UNLESS_BRIDGE, /* not where the day before is a Monday or a Friday: footnotes 1, 7 and 9 */
};

struct row {
	enum holiday what;
	enum rule rule;
	uint8_t month;
	int8_t day, offset;
	enum only only;
	uint32_t where;
};

static const struct row rows[] = {
	{ HOLIDAY_NEW_YEAR, FIXED, 1, 1, 0, ALWAYS, ALL },
	{ HOLIDAY_BERCHTOLD, FIXED, 1, 2, 0, ALWAYS,
		B(ZH) | B(BE) | B(LU) | B(OW) | B(NW) | B(GL) | B(ZG) | B(FR) | B(SO) |
			B(SH) | B(SG) | B(AG) | B(TG) | B(VD) | B(VS) | B(JU) },
	{ HOLIDAY_BERCHTOLD, FIXED, 1, 2, 0, AFTER_SUNDAY, B(NE) },
	{ HOLIDAY_EPIPHANY, FIXED, 1, 6, 0, ALWAYS, B(UR) | B(SZ) | B(TI) },
	{ HOLIDAY_REPUBLIC, FIXED, 3, 1, 0, ALWAYS, B(NE) },
	{ HOLIDAY_JOSEPH, FIXED, 3, 19, 0, ALWAYS,
		B(UR) | B(SZ) | B(NW) | B(TI) | B(VS) },
	{ HOLIDAY_GOOD_FRIDAY, EASTER, 0, -2, 0, ALWAYS, ALL & ~(B(TI) | B(VS)) },
	{ HOLIDAY_EASTER_MONDAY, EASTER, 0, 1, 0, ALWAYS, ALL & ~B(NE) },
	{ HOLIDAY_NAEFELS, NAEFELS, 0, 0, 0, ALWAYS, B(GL) },
	{ HOLIDAY_LABOUR, FIXED, 5, 1, 0, ALWAYS,
		B(ZH) | B(BS) | B(BL) | B(SH) | B(AG) | B(TG) | B(TI) | B(NE) | B(JU) },
	{ HOLIDAY_ASCENSION, EASTER, 0, 39, 0, ALWAYS, ALL },
	{ HOLIDAY_WHIT_MONDAY, EASTER, 0, 50, 0, ALWAYS, ALL & ~B(NE) },
	{ HOLIDAY_CORPUS_CHRISTI, EASTER, 0, 60, 0, ALWAYS, CATHOLIC },
	{ HOLIDAY_PLEBISCITE, FIXED, 6, 23, 0, ALWAYS, B(JU) },
	{ HOLIDAY_PETER_PAUL, FIXED, 6, 29, 0, ALWAYS, B(TI) },
	{ HOLIDAY_NATIONAL, FIXED, 8, 1, 0, ALWAYS,
		ALL }, /* Federal Constitution, Art. 110(3) */
	{ HOLIDAY_ASSUMPTION, FIXED, 8, 15, 0, ALWAYS, CATHOLIC },
	{ HOLIDAY_GENEVA_FAST, SUNDAY, 9, 1, 4, ALWAYS, B(GE) },
	{ HOLIDAY_FAST_MONDAY, SUNDAY, 9, 3, 1, ALWAYS, B(VD) },
	{ HOLIDAY_BROTHER_KLAUS, FIXED, 9, 25, 0, ALWAYS, B(OW) },
	{ HOLIDAY_ALL_SAINTS, FIXED, 11, 1, 0, ALWAYS, CATHOLIC | B(GL) | B(SG) },
	{ HOLIDAY_IMMACULATE, FIXED, 12, 8, 0, ALWAYS, CATHOLIC & ~(B(SO) | B(JU)) },
	{ HOLIDAY_CHRISTMAS, FIXED, 12, 25, 0, ALWAYS, ALL },
	{ HOLIDAY_STEPHEN, FIXED, 12, 26, 0, ALWAYS,
		ALL & ~(B(VD) | B(GE) | B(JU) | B(NE) | B(UR) | B(AR) | B(AI)) },
	{ HOLIDAY_STEPHEN, FIXED, 12, 26, 0, UNLESS_BRIDGE, B(UR) | B(AR) | B(AI) },
	{ HOLIDAY_STEPHEN, FIXED, 12, 26, 0, AFTER_SUNDAY, B(NE) },
	{ HOLIDAY_RESTORATION, FIXED, 12, 31, 0, ALWAYS, B(GE) },
};
#define N_ROWS (sizeof rows / sizeof *rows)

struct name {
	const char *de, *fr, *it, *en;
};

static const struct name names[HOLIDAYS] = {
	[HOLIDAY_NONE] = { "", "", "", "" },
	[HOLIDAY_NEW_YEAR] = { "Neujahr", "Nouvel An", "Capodanno", "New Year's Day" },
	[HOLIDAY_BERCHTOLD] = { "Berchtoldstag", "2 janvier", "San Bertoldo",
		"Berchtold's Day" },
	[HOLIDAY_EPIPHANY] = { "Heilige Drei Könige", "Épiphanie", "Epifania",
		"Epiphany" },
	[HOLIDAY_REPUBLIC] = { "Ausrufung der Republik", "Instauration de la République",
		"Instaurazione della Repubblica", "Proclamation of the Republic" },
	[HOLIDAY_JOSEPH] = { "Josefstag", "Saint-Joseph", "San Giuseppe",
		"Saint Joseph's Day" },
	[HOLIDAY_GOOD_FRIDAY] = { "Karfreitag", "Vendredi saint", "Venerdì santo",
		"Good Friday" },
	[HOLIDAY_EASTER_MONDAY] = { "Ostermontag", "Lundi de Pâques", "Lunedì di Pasqua",
		"Easter Monday" },
	[HOLIDAY_NAEFELS] = { "Näfelser Fahrt", "Fête de Näfels", "Festa di Näfels",
		"Näfels pilgrimage" },
	[HOLIDAY_LABOUR] = { "Tag der Arbeit", "Fête du travail", "Festa del lavoro",
		"Labour Day" },
	[HOLIDAY_ASCENSION] = { "Auffahrt", "Ascension", "Ascensione", "Ascension Day" },
	[HOLIDAY_WHIT_MONDAY] = { "Pfingstmontag", "Lundi de Pentecôte",
		"Lunedì di Pentecoste", "Whit Monday" },
	[HOLIDAY_CORPUS_CHRISTI] = { "Fronleichnam", "Fête-Dieu", "Corpus Domini",
		"Corpus Christi" },
	[HOLIDAY_PLEBISCITE] = { "Fest der Unabhängigkeit", "Commémoration du plébiscite",
		"Commemorazione del plebiscito", "Commemoration of the plebiscite" },
	[HOLIDAY_PETER_PAUL] = { "Peter und Paul", "Saints Pierre et Paul",
		"Santi Pietro e Paolo", "Saints Peter and Paul" },
	[HOLIDAY_NATIONAL] = { "Bundesfeier", "Fête nationale", "Festa nazionale",
		"National Day" },
	[HOLIDAY_ASSUMPTION] = { "Mariä Himmelfahrt", "Assomption", "Assunzione",
		"Assumption Day" },
	[HOLIDAY_GENEVA_FAST] = { "Genfer Bettag", "Jeûne genevois", "Digiuno ginevrino",
		"Geneva Fast" },
	[HOLIDAY_FAST_MONDAY] = { "Bettagsmontag", "Lundi du Jeûne fédéral",
		"Lunedì del Digiuno federale", "Monday of the Federal Fast" },
	[HOLIDAY_BROTHER_KLAUS] = { "Bruder Klaus", "Saint Nicolas de Flüe",
		"San Nicolao della Flüe", "Saint Nicholas of Flüe" },
	[HOLIDAY_ALL_SAINTS] = { "Allerheiligen", "Toussaint", "Ognissanti",
		"All Saints' Day" },
	[HOLIDAY_IMMACULATE] = { "Mariä Empfängnis", "Immaculée Conception",
		"Immacolata Concezione", "Immaculate Conception" },
	[HOLIDAY_CHRISTMAS] = { "Weihnachten", "Noël", "Natale", "Christmas Day" },
	[HOLIDAY_STEPHEN] = { "Stephanstag", "Saint-Étienne", "Santo Stefano",
		"Saint Stephen's Day" },
	[HOLIDAY_RESTORATION] = { "Wiederherstellung der Republik",
		"Restauration de la République", "Restaurazione della Repubblica",
		"Restoration of the Republic" },
};

unsigned holidays_canton(const char *code)
{
	for (unsigned i = 1; i <= HOLIDAYS_CANTONS; i++)
		if (strcmp(codes[i], code) == 0)
			return i;
	return 0;
}

const char *holidays_canton_code(unsigned canton)
{
	return canton <= HOLIDAYS_CANTONS ? codes[canton] : "";
}

/* Days since 1970. J. Meeus, "Astronomical Algorithms", 2nd ed. (1998), chapter 8: the Gregorian Easter, after "A New
 * York correspondent", Nature 20 April 1876, and S. Butcher; its letters. */
static int32_t easter(unsigned year)
{
	unsigned a = year % 19, b = year / 100, c = year % 100;
	unsigned d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	unsigned h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
	unsigned l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
	unsigned of = h + l - 7 * m + 114;

	return week_day_of((int)year, of / 31, of % 31 + 1);
}

static struct hours_date date_of(int32_t day)
{
	struct week_date d = week_date_of(day);

	return (struct hours_date){ (uint16_t)d.year, d.month, d.day };
}

struct hours_date holidays_easter(unsigned year)
{
	return date_of(easter(year));
}

/* 0: Monday. */
static int weekday(int32_t day)
{
	return (int)(day - week_monday(day));
}

/* The first such weekday from that day on. */
static int32_t first(int32_t day, int wanted)
{
	return day + (wanted - weekday(day) + 7) % 7;
}

static int32_t day_of(const struct row *r, unsigned year)
{
	int32_t day = 0;

	switch (r->rule) {
	case FIXED: day = week_day_of((int)year, r->month, (unsigned)r->day); break;
	case EASTER: day = easter(year) + r->day; break;
	case NAEFELS:
		day = first(week_day_of((int)year, 4, 1), 3);
		day += day == easter(year) - 3 ? 7 : 0;
		break;
	case SUNDAY:
		day = first(week_day_of((int)year, r->month, 1), 6) + 7 * (r->day - 1) +
			r->offset;
		break;
	}
	return day;
}

static bool holds(const struct row *r, unsigned canton, int32_t day)
{
	int before = weekday(day - 1);

	if (!(r->where >> (canton - 1) & 1))
		return false;
	switch (r->only) {
	case AFTER_SUNDAY: return before == 6;
	case UNLESS_BRIDGE: return before != 0 && before != 4;
	case ALWAYS: break;
	}
	return true;
}

enum holiday holidays_at(unsigned canton, struct hours_date date)
{
	int32_t day = week_day_of(date.year, date.month, date.day);

	for (size_t i = 0; canton && canton <= HOLIDAYS_CANTONS && i < N_ROWS; i++)
		if (day_of(&rows[i], date.year) == day && holds(&rows[i], canton, day))
			return rows[i].what;
	return HOLIDAY_NONE;
}

size_t holidays_of(
	unsigned canton, unsigned year, struct holiday_day out[HOLIDAYS_OF_YEAR_MAX])
{
	int32_t days[HOLIDAYS_OF_YEAR_MAX];
	size_t n = 0;

	for (size_t i = 0; canton && canton <= HOLIDAYS_CANTONS && i < N_ROWS; i++) {
		int32_t day = day_of(&rows[i], year);
		size_t at = n;

		if (!holds(&rows[i], canton, day) || n == HOLIDAYS_OF_YEAR_MAX)
			continue;
		for (; at > 0 && days[at - 1] > day; at--) {
			days[at] = days[at - 1];
			out[at] = out[at - 1];
		}
		days[at] = day;
		out[at] = (struct holiday_day){ date_of(day), rows[i].what };
		n++;
	}
	return n;
}

const char *holidays_name(enum holiday what, const char *language)
{
	const struct name *n = &names[(unsigned)what < HOLIDAYS ? what : HOLIDAY_NONE];

	return strcmp(language, "de") == 0    ? n->de
		: strcmp(language, "fr") == 0 ? n->fr
		: strcmp(language, "it") == 0 ? n->it
					      : n->en;
}

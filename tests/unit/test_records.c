/* analyzers/program/records.h: which read-decide-write flows are found, and which look-alikes are
 * none. */
#include "analyzers/program/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void write_file(const char *root, const char *path, const char *text)
{
	char full[512];
	snprintf(full, sizeof full, "%s/%s", root, path);
	for (char *s = full + strlen(root) + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		mkdir(full, 0777);
		*s = '/';
	}
	FILE *f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *change_name(enum record_change c)
{
	static const char *const names[] = {"computed", "collection", "state",	 "guarded",
					    "created",	"numbered",   "claimed", "recounted"};
	return names[c];
}

/* "computed item.stock; created user unique" */
static void describe(struct arena *a, const struct program *p, char **out)
{
	struct record_flows flows = prog_record_flows(p);
	*out = arena_printf(a, "%s", "");
	for (size_t i = 0; i < flows.len; i++) {
		const struct record_flow *f = &flows.ptr[i];
		*out = arena_printf(a, "%s%s%s " STR_FMT "%s" STR_FMT "%s%s%s%s%s%s%s", *out,
				    **out ? "; " : "", change_name(f->change), STR_ARG(f->record),
				    f->field.len ? "." : "", STR_ARG(f->field),
				    f->unique ? " unique" : "", f->lock ? " locked" : "",
				    f->idempotent ? " idempotent" : "",
				    f->bootstrap ? " bootstrap" : "", f->picks ? " picks" : "",
				    f->transaction ? " transaction" : "", f->gate ? " gated" : "");
	}
}

/* files: pairs of path and text; the first is the entry */
static void check_flows(const char *const *files, const char *want)
{
	struct arena arena;
	struct fs fs;
	char root[] = "/tmp/test_records.XXXXXX", *got, command[64];
	assert_non_null(mkdtemp(root));
	struct project_entry entry = {.path = str_from(files[0])};
	struct project_entries entries = {.entries = &entry, .n = 1};
	struct prog_app_input app = {.entries = &entries};
	for (; *files; files += 2)
		write_file(root, files[0], files[1]);
	arena_init(&arena);
	assert_null(fs_init(&fs, &arena, root).text);
	struct context ctx = {.arena = &arena, .fs = &fs, .cpus = 4, .pm2_major = 7, .threads = 1};
	struct project *project = project_new(&ctx);
	struct program *p = program_build(&ctx, project, &app, 1);
	describe(&arena, p, &got);
	assert_string_equal(got, want);
	program_free(p);
	project_free(project);
	fs_release(&fs);
	arena_release(&arena);
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
}

#define FILES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* one file with a Mongoose model and a handler around the body */
#define HANDLER(body)                                                                              \
	FILES("a.js",                                                                              \
	      "const express = require('express'); const mongoose = require('mongoose'); const "   \
	      "app = express();\n"                                                                 \
	      "const Item = mongoose.model('Item', new mongoose.Schema({ name: String, code: { "   \
	      "type: String, unique: true } }));\n"                                                \
	      "const Order = mongoose.model('Order', new mongoose.Schema({ status: String }));\n"  \
	      "app.post('/x', async (req, res, next) => {\n" body "\n res.end(); });\n")

static void a_field_that_is_computed_from_itself_is_found(void **state)
{
	(void)state;
	check_flows(
	    HANDLER("const item = await Item.findById(1); item.stock -= 2; await item.save();"),
	    "computed item.stock");
	check_flows(HANDLER("const item = await Item.findById(1); item.stock = Number(item.stock) "
			    "- 2; await item.save();"),
		    "computed item.stock");
	check_flows(HANDLER("const item = await Item.findById(1); await Item.updateOne({ _id: 1 }, "
			    "{ stock: item.stock - 1 });"),
		    "computed item.stock");
}

static void a_part_or_an_element_of_a_record_stands_for_it(void **state)
{
	(void)state;
	check_flows(HANDLER("const item = await Item.findById(1); const part = item.parts.id(2); "
			    "part.stock -= 1; await item.save();"),
		    "computed part.stock");
	check_flows(HANDLER("const items = await Item.find(); for (const it of items) { it.stock "
			    "+= 1; await it.save(); }"),
		    "computed it.stock");
	check_flows(HANDLER("Item.find().sort({ a: 1 }).then(async rows => { let first = rows[0]; "
			    "first.stock++; await first.save(); });"),
		    "computed first.stock");
	check_flows(HANDLER("const { stock } = await Item.findById(1); const left = stock - 1; "
			    "await Item.updateOne({ _id: 1 }, { stock: left });"),
		    "computed left.stock");
}

static void atomic_operators_and_absolute_values_are_no_races(void **state)
{
	(void)state;
	check_flows(
	    HANDLER(
		"await Item.updateOne({ _id: 1, stock: { $gte: 1 } }, { $inc: { stock: -1 } });"),
	    "");
	check_flows(HANDLER("const item = await Item.findById(1); item.name = req.body.name; await "
			    "item.save();"),
		    "");
	check_flows(HANDLER("const item = await Item.findById(1); const total = item.price * 2; "
			    "await Order.create({ total });"),
		    "");
	check_flows(
	    HANDLER("const item = await Item.findById(1); res.json({ next: item.stock + 1 });"),
	    "");
}

static void a_record_is_followed_through_a_repository_of_the_project(void **state)
{
	(void)state;
	check_flows(
	    FILES("main.js",
		  "const express = require('express'); const { Accounts } = require('./accounts'); "
		  "const app = express(); const accounts = new Accounts();\n"
		  "app.post('/x', async (req, res) => { const acc = await "
		  "accounts.byUser(req.body.u); acc.balance -= 5; await accounts.store(acc); "
		  "res.end(); });\n",
		  "accounts.js",
		  "const mongoose = require('mongoose'); const M = mongoose.model('Account', new "
		  "mongoose.Schema({}));\n"
		  "class Accounts {\n async byUser(u) { let a = await M.findOne({ u }); if (!a) a "
		  "= await M.create({ u }); return a; }\n"
		  " async store(a) { await M.replaceOne({ _id: a._id }, a); } }\nmodule.exports = "
		  "{ Accounts };\n"),
	    "created a; computed acc.balance");
}

static void a_record_is_followed_through_an_injected_repository(void **state)
{
	(void)state;
	check_flows(
	    FILES("main.ts",
		  "import { Injectable, Controller, Post, Module } from '@nestjs/common'; import { "
		  "NestFactory } from '@nestjs/core';\n"
		  "import { InjectRepository } from '@nestjs/typeorm'; import { Repository } from "
		  "'typeorm'; import { Wallet } from './wallet';\n"
		  "@Injectable() export class Wallets { constructor(@InjectRepository(Wallet) "
		  "private readonly rows: Repository<Wallet>) {}\n"
		  " async pay(id: string) { const w = await this.rows.findOneBy({ id }); w.points "
		  "= w.points - 1; await this.rows.save(w); } }\n"
		  "@Controller('w') export class C { constructor(private readonly s: Wallets) {} "
		  "@Post() go() { return this.s.pay('1'); } }\n"
		  "@Module({ controllers: [C], providers: [Wallets] }) export class M "
		  "{}\nNestFactory.create(M).then(a => a.listen(1));\n",
		  "wallet.ts",
		  "import { Entity, Column } from 'typeorm'; @Entity() export class Wallet { "
		  "@Column() id: string; @Column() points: number; }\n"),
	    "computed w.points");
}

static void a_record_that_is_handed_in_is_changed_all_the_same(void **state)
{
	(void)state;
	check_flows(FILES("a.js",
			  "const mongoose = require('mongoose'); const M = mongoose.model('Card', "
			  "new mongoose.Schema({})); const app = require('express')();\n"
			  "function pay(card, sum) { if (card.balance < sum) throw new Error(); "
			  "card.balance -= sum; return card.save(); }\n"
			  "function show(card, sum) { card.shown += sum; return card; }\n"
			  "app.post('/x', async (req, res) => { pay(await M.findById(1), 2); "
			  "show({ shown: 1 }, 2); res.end(); });\n"),
		    "computed card.balance");
}

static void an_insert_behind_a_look_is_found_only_for_the_same_rows(void **state)
{
	(void)state;
	check_flows(HANDLER("const found = await Item.findOne({ name: 'a' }); if (found) return "
			    "res.end(); await Item.create({ name: 'a' });"),
		    "created found");
	check_flows(HANDLER("const found = await Item.findOne({ name: 'a' }); if (!found) { const "
			    "i = new Item({ name: 'a' }); await i.save(); }"),
		    "created found");
	check_flows(HANDLER("if (await Item.findOne({ name: 'a' })) return res.end(); await "
			    "Item.create({ name: 'a' });"),
		    "created Item");
	check_flows(HANDLER("const found = await Item.findOne({ name: 'a' }); if (!found) return "
			    "res.end(); await Order.create({ item: 1 });"),
		    "");
	check_flows(HANDLER("const old = await Item.findOne({ name: 'a' }); if (old) return "
			    "res.end(); await Order.create({ item: 1 });"),
		    "");
	check_flows(HANDLER("const found = await Item.findOne({ name: 'a' }); if (found) { found.x "
			    "= 1; await found.save(); }"),
		    "");
}

static void a_unique_constraint_counts_where_it_is_asked_for(void **state)
{
	(void)state;
	check_flows(HANDLER("const found = await Item.findOne({ code: 'a' }); if (found) return "
			    "res.end(); await Item.create({ code: 'a' });"),
		    "created found unique");
	check_flows(HANDLER("const found = await Item.findOne({ code: 'a' }).lean().exec(); if "
			    "(found) return res.end(); await Item.create({ code: 'a' });"),
		    "created found unique");
	check_flows(
	    HANDLER("const found = await Item.findOne({ $or: [{ name: 'b' }, { code: 'a' }] }); if "
		    "(found) return res.end(); await Item.create({ code: 'a' });"),
	    "created found unique");
	check_flows(HANDLER("const found = await Order.findOne({ code: 'a' }); if (found) return "
			    "res.end(); await Order.create({ code: 'a' });"),
		    "created found");
	check_flows(
	    FILES("a.ts",
		  "import { PrismaClient } from '@prisma/client'; const prisma = new "
		  "PrismaClient(); import express from 'express'; const app = express();\n"
		  "app.post('/x', async (req, res) => { const t = await prisma.tag.findFirst({ "
		  "where: { a: 1, b: 2 } }); if (t) return; await prisma.tag.create({ data: { a: "
		  "1, b: 2 } }); });\n"
		  "app.post('/y', async (req, res) => { const t = await prisma.mark.findFirst({ "
		  "where: { a: 1 } }); if (t) return; await prisma.mark.create({ data: { a: 1 } "
		  "}); });\n",
		  "package.json", "{ \"name\": \"x\" }", "prisma/schema.prisma",
		  "model Tag {\n a Int\n b Int\n @@unique([a, b])\n}\nmodel Mark {\n a Int\n}\n"),
	    "created t unique; created t");
}

static void sql_is_read(void **state)
{
	(void)state;
#define SQL(body)                                                                                  \
	FILES("a.js",                                                                              \
	      "const { Pool } = require('pg'); const db = new Pool(); const app = "                \
	      "require('express')();\napp.post('/x', async (req, res) => {\n" body "\n});\n")
	check_flows(SQL("const { rows } = await db.query('SELECT * FROM users WHERE email = $1', "
			"[1]); if (rows.length > 0) return; await db.query('INSERT INTO users "
			"(email) VALUES ($1)', [1]);"),
		    "created rows");
	check_flows(SQL("const { rows } = await db.query('SELECT * FROM users WHERE email = $1', "
			"[1]); if (rows.length > 0) return; await db.query('INSERT INTO logs "
			"(email) VALUES ($1)', [1]);"),
		    "");
	check_flows(SQL("const { rows } = await db.query('SELECT balance FROM acc WHERE id = $1 "
			"FOR UPDATE', [1]); await db.query('UPDATE acc SET balance = $1 WHERE id = "
			"$2', [rows[0].balance - 1, 1]);"),
		    "computed rows.balance locked");
	check_flows(SQL("const { rows } = await db.query('SELECT * FROM users WHERE email = $1', "
			"[1]); if (rows.length > 0) return; await db.query('INSERT INTO users "
			"(email) VALUES ($1) ON CONFLICT DO NOTHING', [1]);"),
		    "created rows idempotent");
#undef SQL
}

static void a_limit_that_the_write_does_not_repeat_is_found(void **state)
{
	(void)state;
	check_flows(HANDLER("const n = await Item.countDocuments({ g: 1 }); if (n >= req.body.max) "
			    "return res.end(); await Item.create({ g: 1 });"),
		    "guarded n");
	check_flows(HANDLER("const item = await Item.findById(1); if (item.stock < 2) throw new "
			    "Error(); await Item.updateOne({ _id: 1 }, { $inc: { stock: -2 } });"),
		    "guarded item.stock");
	check_flows(
	    HANDLER(
		"const item = await Item.findById(1); if (item.stock < 2) throw new Error(); await "
		"Item.updateOne({ _id: 1, stock: { $gte: 2 } }, { $inc: { stock: -2 } });"),
	    "");
	check_flows(HANDLER("const n = await Item.countDocuments(); await Item.create({ role: n "
			    "=== 0 ? 'admin' : 'user' });"),
		    "");
	check_flows(HANDLER("const n = await Item.countDocuments(); const role = n === 0 ? 'admin' "
			    ": 'user'; await Item.create({ role });"),
		    "guarded n bootstrap");
	check_flows(
	    HANDLER("const free = await Item.find({ free: true }); if (free.length < req.body.n) "
		    "throw new Error(); await Order.create({ items: free.map(f => f.id) });"),
	    "guarded free picks");
}

static void a_number_made_of_a_count_is_found(void **state)
{
	(void)state;
	check_flows(
	    HANDLER(
		"const n = await Order.countDocuments(); await Order.create({ number: n + 1 });"),
	    "numbered n.number");
	check_flows(HANDLER("const last = await Order.findOne().sort({ seq: -1 }); await "
			    "Order.create({ seq: (last ? last.seq : 0) + 1 });"),
		    "numbered last.seq");
	check_flows(
	    HANDLER("const last = await Order.findOne().sort({ seq: -1 }); const next = last ? "
		    "last.seq + 1 : 1; const o = new Order({ seq: next }); await o.save();"),
	    "numbered next.seq");
	check_flows(HANDLER("const n = await Order.countDocuments(); await Item.updateOne({ _id: 1 "
			    "}, { total: n });"),
		    "recounted n.total");
}

static void a_state_matters_when_something_happens_behind_it(void **state)
{
	(void)state;
	check_flows(
	    HANDLER("const o = await Order.findById(1); if (o.status !== 'NEW') return res.end(); "
		    "await Item.create({ order: 1 }); o.status = 'PAID'; await o.save();"),
	    "state o.status");
	check_flows(HANDLER("const o = await Order.findById(1); if (o.status !== 'NEW') return "
			    "res.end(); o.status = 'SEEN'; await o.save();"),
		    "");
	check_flows(HANDLER("const o = await Order.findById(1); if (o.status !== 'NEW') return "
			    "res.end(); o.status = 'SEEN'; await o.save(); await Item.updateOne({ "
			    "order: 1 }, { seen: true });"),
		    "");
	check_flows(HANDLER("const o = await Order.findById(1); if (o.status === 'DONE') return "
			    "res.end(); await Item.create({ order: 1 }); const status = "
			    "req.body.status; o.status = status; await o.save();"),
		    "");
	check_flows(HANDLER("const o = await Order.findById(1); if (o.status !== 'NEW') return "
			    "res.end(); const i = await Item.findById(1); i.stock += 1; await "
			    "i.save(); await Order.updateOne({ _id: 1 }, { status: 'GONE' });"),
		    "computed i.stock gated");
}

static void shared_stores_are_judged_by_what_is_kept(void **state)
{
	(void)state;
#define REDIS(body)                                                                                \
	FILES("a.js", "const Redis = require('ioredis'); const r = new Redis(); const app = "      \
		      "require('express')();\napp.post('/x', async (req, res) => { const key = "   \
		      "req.body.k;\n" body "\n});\n")
	check_flows(REDIS("const seen = await r.get(key); if (seen !== null) throw new Error(); "
			  "await r.set(key, '1', 'EX', 60);"),
		    "created seen");
	check_flows(REDIS("const seen = await r.get(key); if (seen) return JSON.parse(seen); const "
			  "v = await load(); await r.set(key, JSON.stringify(v));"),
		    "");
	check_flows(REDIS("const n = Number(await r.get(key)); await r.set(key, n + 1);"),
		    "computed n");
	check_flows(REDIS("const n = Number(await r.get(key)); await r.set('other', n + 1);"), "");
#undef REDIS
}

static void rows_that_a_job_selects_by_state_are_claims(void **state)
{
	(void)state;
	check_flows(HANDLER("const jobs = await Order.find({ status: 'pending' }); for (const j of "
			    "jobs) { j.status = 'running'; await j.save(); }"),
		    "claimed j.status");
	check_flows(HANDLER("const jobs = await Order.find({ status: 'pending' }); for (const j of "
			    "jobs) { j.statusPageId = 1; await j.save(); }"),
		    "");
	check_flows(HANDLER("const j = await Order.findOneAndUpdate({ status: 'pending' }, { "
			    "status: 'running' });"),
		    "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_field_that_is_computed_from_itself_is_found),
	    cmocka_unit_test(a_part_or_an_element_of_a_record_stands_for_it),
	    cmocka_unit_test(atomic_operators_and_absolute_values_are_no_races),
	    cmocka_unit_test(a_record_is_followed_through_a_repository_of_the_project),
	    cmocka_unit_test(a_record_is_followed_through_an_injected_repository),
	    cmocka_unit_test(a_record_that_is_handed_in_is_changed_all_the_same),
	    cmocka_unit_test(an_insert_behind_a_look_is_found_only_for_the_same_rows),
	    cmocka_unit_test(a_unique_constraint_counts_where_it_is_asked_for),
	    cmocka_unit_test(sql_is_read),
	    cmocka_unit_test(a_limit_that_the_write_does_not_repeat_is_found),
	    cmocka_unit_test(a_number_made_of_a_count_is_found),
	    cmocka_unit_test(a_state_matters_when_something_happens_behind_it),
	    cmocka_unit_test(shared_stores_are_judged_by_what_is_kept),
	    cmocka_unit_test(rows_that_a_job_selects_by_state_are_claims),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

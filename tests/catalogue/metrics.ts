// Cases of rules/catalogue/metrics.yaml; see sessions.ts for the form.

// bad prom-client
import { Registry, collectDefaultMetrics } from 'prom-client';
import express from 'express';
const registry = new Registry();
collectDefaultMetrics({ register: registry });
express().get('/metrics', async (req, res) => { res.end(await registry.metrics()); });
// good prom-client
import { Pushgateway, Registry } from 'prom-client';
export const gateway = new Pushgateway('http://push', {}, new Registry());
// bad prom-client AggregatorRegistry
const { AggregatorRegistry } = require('prom-client');
const registry = new AggregatorRegistry();
require('express')().get('/metrics', async (req, res) => { res.end(await registry.clusterMetrics()); });
// good prom-client AggregatorRegistry
const { Counter } = require('prom-client');
module.exports = new Counter({ name: 'x', help: 'x' });

// bad express-prom-bundle
const promBundle = require('express-prom-bundle');
require('express')().use(promBundle({ includeMethod: true }));
// good express-prom-bundle
require('express')().listen(3000);

// bad @willsoto/nestjs-prometheus
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
@Module({ imports: [PrometheusModule.register()] })
class AppModule {}
NestFactory.create(AppModule);
// good @willsoto/nestjs-prometheus
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
@Module({})
class AppModule {}
NestFactory.create(AppModule);

// bad swagger-stats
const stats = require('swagger-stats');
require('express')().use(stats.getMiddleware({}));
// good swagger-stats
const stats = require('swagger-stats');
require('express')().use(stats.getMiddleware({ elasticsearch: 'http://es:9200' }));

// bad express-status-monitor
require('express')().use(require('express-status-monitor')());
// good express-status-monitor
require('express')().use(require('helmet')());

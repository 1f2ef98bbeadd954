const http = require('http');
const addon = require(process.env.LIVE_ADDON);
http.createServer((req, res) => res.setHeader('connection', 'close').end(String(addon.take())))
  .listen(Number(process.env.LIVE_PORT), '127.0.0.1');

// The edits of tests/check-sample.sh on the sample project: which text stands for a hazard, what
// replaces it where the hazard is removed, and the one edit that turns a look-alike into a hazard.
// An edit is {file, find, put} (find occurs once), {file, write} (a file that exists is written
// anew) or {file, add} (a file that did not exist).

const DEVICE = 'backend/device-service/src/';
const APP = 'backend/app-service/src/';
const BILLING = 'backend/billing-service/src/';
const NOTIFICATION = 'backend/notification-service/src/';
const USER = 'backend/user-service/src/';
const GATEWAY = 'backend/api-gateway/src/';

const PORTS_IN_REDIS = `import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { CacheService, portKey } from '@cloudphone/shared';
import type { PortAllocation } from './port-allocation';
import { ADB_PORTS, PORT_LEASE_SECONDS, PortRange, SCRCPY_PORTS, WEBRTC_PORTS } from './port-ranges';

@Injectable()
export class PortManagerService {
  constructor(private readonly cache: CacheService) {}

  async allocatePorts(): Promise<PortAllocation> {
    return {
      adbPort: await this.claimPort('adb', ADB_PORTS),
      webrtcPort: await this.claimPort('webrtc', WEBRTC_PORTS),
      scrcpyPort: await this.claimPort('scrcpy', SCRCPY_PORTS),
    };
  }

  async releasePorts(allocation: PortAllocation): Promise<void> {
    await this.cache.forget(
      portKey('adb', allocation.adbPort),
      portKey('webrtc', allocation.webrtcPort),
      portKey('scrcpy', allocation.scrcpyPort),
    );
  }

  private async claimPort(kind: string, range: PortRange): Promise<number> {
    for (let port = range.first; port <= range.last; port++) {
      if (await this.cache.claim(portKey(kind, port), 'allocated', PORT_LEASE_SECONDS)) {
        return port;
      }
    }
    throw new ServiceUnavailableException(\`no \${kind} port is free\`);
  }
}
`;

const PORTS_IN_REDIS_SPEC = `import { PortManagerService } from './port-manager.service';

describe('PortManagerService', () => {
  it('asks for the next port where another process has one', async () => {
    const cache = { claim: async (key: string) => !key.endsWith(':5555') };
    expect((await new PortManagerService(cache as never).allocatePorts()).adbPort).toBe(5556);
  });
});
`;

const UPLOAD_ON_SUCCESS = `    const apk = await parseApk(file.path);
    const objectKey = \`apps/\${apk.packageName}/\${apk.versionCode}.apk\`;

    await this.storage.uploadFile(file.path, objectKey, file.mimetype);
    const inserted = await this.apps.insert({
      packageName: apk.packageName,
      versionCode: apk.versionCode,
      title: request.title ?? apk.title,
      objectKey,
      sizeBytes: file.size,
    });
    fs.unlinkSync(file.path);

    const appId: string = inserted.identifiers[0].id;
    await this.events.emitEvent(DomainEvent.APP_PUBLISHED, { appId, packageName: apk.packageName });
    return { appId };
`;

const UPLOAD_IN_FINALLY = `    try {
      const apk = await parseApk(file.path);
      const objectKey = \`apps/\${apk.packageName}/\${apk.versionCode}.apk\`;

      await this.storage.uploadFile(file.path, objectKey, file.mimetype);
      const inserted = await this.apps.insert({
        packageName: apk.packageName,
        versionCode: apk.versionCode,
        title: request.title ?? apk.title,
        objectKey,
        sizeBytes: file.size,
      });

      const appId: string = inserted.identifiers[0].id;
      await this.events.emitEvent(DomainEvent.APP_PUBLISHED, { appId, packageName: apk.packageName });
      return { appId };
    } finally {
      fs.unlinkSync(file.path);
    }
`;

const LOAD_SET_SAVE = `    const order = await this.getOrder(orderId);
    order.status = status;
    if (status === OrderStatus.PAID) {
      order.paidAt = new Date();
      await this.wallets.credit(order.userId, order.amountCents);
    }
    return this.orders.save(order);
`;

const CONDITIONAL_UPDATE = `    const paidAt = status === OrderStatus.PAID ? new Date() : undefined;
    const changed = await this.orders.update({ id: orderId, status: OrderStatus.PENDING }, { status, paidAt });
    const order = await this.getOrder(orderId);
    if (changed.affected === 1 && status === OrderStatus.PAID) {
      await this.wallets.credit(order.userId, order.amountCents);
    }
    return order;
`;

const GATEWAY_WITH_ROOMS = `import { JwtService } from '@nestjs/jwt';
import { OnGatewayConnection, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { SOCKET_NAMESPACE } from '../notifications/notification.constants';
import { userOf } from './socket-auth';

const roomOf = (userId: string): string => \`user:\${userId}\`;

@WebSocketGateway({ namespace: SOCKET_NAMESPACE, transports: ['websocket'], cors: { origin: true } })
export class NotificationsGateway implements OnGatewayConnection {
  @WebSocketServer()
  server: Server;

  constructor(private readonly jwt: JwtService) {}

  async handleConnection(client: Socket): Promise<void> {
    const userId = await userOf(client, this.jwt);
    if (!userId) {
      client.disconnect(true);
      return;
    }
    await client.join(roomOf(userId));
  }

  async sendNotification(userId: string, notification: Record<string, unknown>): Promise<boolean> {
    return this.server.to(roomOf(userId)).emit('notification', notification);
  }
}
`;

const REDIS_ADAPTER = `import { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import type { ServerOptions } from 'socket.io';

export class RedisIoAdapter extends IoAdapter {
  private adapterConstructor: ReturnType<typeof createAdapter>;

  constructor(app: INestApplicationContext) {
    super(app);
  }

  async connectToRedis(url: string): Promise<void> {
    const pubClient = createClient({ url });
    const subClient = pubClient.duplicate();
    await Promise.all([pubClient.connect(), subClient.connect()]);
    this.adapterConstructor = createAdapter(pubClient, subClient);
  }

  createIOServer(port: number, options?: ServerOptions) {
    const server = super.createIOServer(port, options);
    server.adapter(this.adapterConstructor);
    return server;
  }
}
`;

/** Edits that take one hazard out, as an engineer would. */
export const without = {
  portSets: [
    { file: `${DEVICE}port-manager/port-manager.service.ts`, write: PORTS_IN_REDIS },
    { file: `${DEVICE}port-manager/port-manager.service.spec.ts`, write: PORTS_IN_REDIS_SPEC },
  ],
  uploadOnSuccess: [
    { file: `${APP}apps/apps.service.ts`, find: UPLOAD_ON_SUCCESS, put: UPLOAD_IN_FINALLY },
  ],
  cron: [
    { file: `${BILLING}billing/billing.service.ts`, find: '  @Cron(CronExpression.EVERY_5_MINUTES)\n', put: '' },
  ],
  scheduleModule: [
    { file: `${BILLING}app.module.ts`, find: '    ScheduleModule.forRoot(),\n', put: '' },
  ],
  race: [
    { file: `${BILLING}billing/billing.service.ts`, find: LOAD_SET_SAVE, put: CONDITIONAL_UPDATE },
  ],
  orderNumber: [
    { file: `${BILLING}billing/billing.service.ts`, find: '${Date.now()}`', put: '${randomUUID()}`' },
    {
      file: `${BILLING}billing/billing.service.ts`,
      find: "import { LessThan, Repository } from 'typeorm';\n",
      put: "import { randomUUID } from 'crypto';\nimport { LessThan, Repository } from 'typeorm';\n",
    },
  ],
  socketMap: [
    { file: `${NOTIFICATION}websocket/notifications.gateway.ts`, write: GATEWAY_WITH_ROOMS },
  ],
  loneSocketServer: [
    { file: `${NOTIFICATION}websocket/redis-io.adapter.ts`, add: REDIS_ADAPTER },
    {
      file: `${NOTIFICATION}main.ts`,
      find: "import { AppModule } from './app.module';\n",
      put: "import { AppModule } from './app.module';\nimport { RedisIoAdapter } from './websocket/redis-io.adapter';\n",
    },
    {
      file: `${NOTIFICATION}main.ts`,
      find: '  app.enableShutdownHooks();\n',
      put: `  app.enableShutdownHooks();

  const sockets = new RedisIoAdapter(app);
  await sockets.connectToRedis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379');
  app.useWebSocketAdapter(sockets);
`,
    },
    {
      file: 'backend/notification-service/package.json',
      find: '    "class-transformer"',
      put: '    "@socket.io/redis-adapter": "^8.3.0",\n    "redis": "^4.7.0",\n    "class-transformer"',
    },
  ],
};

const clean = {
  device: without.portSets,
  app: without.uploadOnSuccess,
  billing: [...without.cron, ...without.race, ...without.orderNumber],
  notification: [...without.socketMap, ...without.loneSocketServer],
};

/**
 * Look-alikes: silent as they stand, a hazard after one edit. `first` takes the service's own hazard
 * out, so that the verdict shows what the edit alone does. verdicts: what may be said of the app then.
 */
export const lookalikes = [
  {
    name: 'constant route table in a Map is written by a handler',
    app: 'api-gateway',
    file: `${GATEWAY}proxy/route-table.ts`,
    families: ['memory-state'],
    verdicts: ['fork-only', 'cluster-with-warnings'],
    first: [],
    edit: {
      file: `${GATEWAY}proxy/routes.controller.ts`,
      find: '    const answer = await lastValueFrom(',
      put: '    ROUTE_TABLE.set(probe.prefix, { ...route, origin: probe.candidate });\n    const answer = await lastValueFrom(',
    },
  },
  {
    name: 'Map that groups in one function is hoisted to the module',
    app: 'user-service',
    file: `${USER}users/permission-matrix.ts`,
    families: ['memory-state'],
    verdicts: ['fork-only', 'fork-recommended', 'cluster-with-warnings'],
    first: [],
    edit: {
      file: `${USER}users/permission-matrix.ts`,
      find: `export function groupPermissions(roles: string[]): Record<string, string[]> {
  const granted = new Map<string, Set<string>>();
`,
      put: `const granted = new Map<string, Set<string>>();

export function groupPermissions(roles: string[]): Record<string, string[]> {
`,
    },
  },
  {
    name: 'object made for each request is made once',
    app: 'user-service',
    file: `${USER}users/invite-list.ts`,
    also: `${USER}users/invitations.service.ts`,
    families: ['memory-state'],
    verdicts: ['fork-only'],
    first: [],
    edit: {
      file: `${USER}users/invitations.service.ts`,
      find: `  async inviteAll(invitedBy: string, emails: string[]): Promise<number> {
    const list = new InviteList();
    let sent = 0;
    for (const email of emails) {
      if (!list.take(email)) {
`,
      put: `  private readonly list = new InviteList();

  async inviteAll(invitedBy: string, emails: string[]): Promise<number> {
    let sent = 0;
    for (const email of emails) {
      if (!this.list.take(email)) {
`,
    },
  },
  {
    name: 'provider of the request becomes one of the process',
    app: 'device-service',
    file: `${DEVICE}devices/batch-selection.ts`,
    families: ['memory-state'],
    verdicts: ['fork-only'],
    first: clean.device,
    edit: {
      file: `${DEVICE}devices/batch-selection.ts`,
      find: '@Injectable({ scope: Scope.REQUEST })',
      put: '@Injectable()',
    },
  },
  {
    name: 'conditional update becomes load, set, save',
    app: 'device-service',
    file: `${DEVICE}devices/devices.service.ts`,
    families: ['race'],
    verdicts: ['fork-recommended', 'cluster-with-warnings'],
    first: clean.device,
    edit: {
      file: `${DEVICE}devices/devices.service.ts`,
      find: `    const changed = await this.devices.update({ id: deviceId, status: from }, { status: to });
    if (changed.affected !== 1) {
      throw new ConflictException(\`device \${deviceId} is not \${from}\`);
    }
`,
      put: `    const device = await this.devices.findOneByOrFail({ id: deviceId });
    if (device.status !== from) {
      throw new ConflictException(\`device \${deviceId} is not \${from}\`);
    }
    device.status = to;
    await this.devices.save(device);
`,
    },
  },
  {
    name: 'temporary file removed in finally is removed on success only',
    app: 'app-service',
    file: `${APP}apps/screenshots.service.ts`,
    also: `${APP}apps/apps.controller.ts`,
    families: ['local-file'],
    verdicts: ['fork-recommended'],
    first: clean.app,
    edit: {
      file: `${APP}apps/screenshots.service.ts`,
      find: `    } finally {
      fs.unlinkSync(image.path);
    }
`,
      put: `      fs.unlinkSync(image.path);
    } catch {
      throw new InternalServerErrorException(\`\${objectKey} was not stored\`);
    }
`,
    },
  },
  {
    name: 'cron of a script is loaded by the entry',
    app: 'app-service',
    file: `${APP}scripts/usage-report.ts`,
    families: ['schedule'],
    verdicts: ['fork-only'],
    first: clean.app,
    edit: {
      file: `${APP}main.ts`,
      find: "import { AppModule } from './app.module';\n",
      put: "import { AppModule } from './app.module';\nimport './scripts/usage-report';\n",
    },
  },
  {
    name: 'registry filled at start is filled by a handler',
    app: 'billing-service',
    file: `${BILLING}payments/provider-registry.ts`,
    families: ['memory-state'],
    verdicts: ['fork-only'],
    first: clean.billing,
    edit: {
      file: `${BILLING}payments/payments.controller.ts`,
      find: 'const provider = this.registry.resolve(check.code);',
      put: 'const provider = this.registry.offer(check.alias, this.registry.resolve(check.code));',
    },
  },
  {
    name: 'Map that adds up in one function is hoisted to the module',
    app: 'billing-service',
    file: `${BILLING}billing/order-statistics.ts`,
    families: ['memory-state'],
    verdicts: ['fork-only', 'fork-recommended', 'cluster-with-warnings'],
    first: clean.billing,
    edit: {
      file: `${BILLING}billing/order-statistics.ts`,
      find: `export function totalsByPlan(orders: Order[]): PlanTotal[] {
  const totals = new Map<string, PlanTotal>();
`,
      put: `const totals = new Map<string, PlanTotal>();

export function totalsByPlan(orders: Order[]): PlanTotal[] {
`,
    },
  },
  {
    name: "state of a socket is read by another socket's id",
    app: 'notification-service',
    file: `${NOTIFICATION}websocket/preferences.gateway.ts`,
    families: ['socket', 'memory-state'],
    verdicts: ['fork-only', 'cluster-with-warnings'],
    first: clean.notification,
    edit: {
      file: `${NOTIFICATION}websocket/preferences.gateway.ts`,
      find: 'this.muted.get(client.id)',
      put: 'this.muted.get(request.connectionId)',
    },
  },
];

/** Each service without its own hazards. */
export { clean };

// consumers of one group share the work, whatever their number
typedef struct rd_kafka_conf_s rd_kafka_conf_t;
typedef struct rd_kafka_s rd_kafka_t;
rd_kafka_conf_t *rd_kafka_conf_new(void);
int rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, char *err, unsigned long n);
rd_kafka_t *rd_kafka_new(int type, rd_kafka_conf_t *conf, char *err, unsigned long n);
void *rd_kafka_consumer_poll(rd_kafka_t *rk, int ms);

int main(void)
{
	char err[512];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "group.id", "billing", err, sizeof err);
	rd_kafka_t *rk = rd_kafka_new(1, conf, err, sizeof err);
	for (;;)
		rd_kafka_consumer_poll(rk, 1000);
}

/**
 * What runs behind port 9631 on bookworm. The exporter in its archive asks PgBouncer for columns that went away with 1.8
 * and ends at once, so this stands in its place, on the libraries that came with it. Its metrics have the names
 * that the exporter of later releases gives them (prometheus-community/pgbouncer_exporter).
 * Arguments: the address and port to listen on, the folder of PgBouncer's socket, its port, the user.
 */
export const pgbouncerMetrics = `#!/usr/bin/python3
# written by pgark; changes made here are lost
import sys
import time

import psycopg2
import psycopg2.extras
from prometheus_client import REGISTRY, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

address, port, socket, pgbouncer, user = sys.argv[1:]

MICRO = 1e-6
# SHOW command: labels, then column: (name, factor, is a counter)
TABLES = {
    'stats': (['database'], {
        'total_xact_count': ('sql_transactions_pooled', 1, True),
        'total_query_count': ('queries_pooled', 1, True),
        'total_received': ('received_bytes', 1, True),
        'total_sent': ('sent_bytes', 1, True),
        'total_xact_time': ('server_in_transaction_seconds', MICRO, True),
        'total_query_time': ('queries_duration_seconds', MICRO, True),
        'total_wait_time': ('client_wait_seconds', MICRO, True),
    }),
    'pools': (['database', 'user', 'pool_mode'], {
        'cl_active': ('client_active_connections', 1, False),
        'cl_waiting': ('client_waiting_connections', 1, False),
        'sv_active': ('server_active_connections', 1, False),
        'sv_idle': ('server_idle_connections', 1, False),
        'sv_used': ('server_used_connections', 1, False),
        'sv_tested': ('server_testing_connections', 1, False),
        'sv_login': ('server_login_connections', 1, False),
        'maxwait': ('client_maxwait_seconds', 1, False),
    }),
    'databases': (['name', 'host', 'port', 'database', 'force_user', 'pool_mode'], {
        'pool_size': ('pool_size', 1, False),
        'reserve_pool': ('reserve_pool', 1, False),
        'max_connections': ('max_connections', 1, False),
        'current_connections': ('current_connections', 1, False),
        'paused': ('paused', 1, False),
        'disabled': ('disabled', 1, False),
    }),
}


def family(name, labels, is_counter):
    make = CounterMetricFamily if is_counter else GaugeMetricFamily
    return make('pgbouncer_' + name, 'SHOW ' + name.split('_')[0].upper(), labels=labels)


def table(cursor, show):
    labels, columns = TABLES[show]
    cursor.execute('SHOW ' + show.upper())
    rows = cursor.fetchall()
    for column, (name, factor, is_counter) in columns.items():
        metric = family(show + '_' + name, labels, is_counter)
        for row in rows:
            metric.add_metric([str(row[label] or '') for label in labels], float(row[column]) * factor)
        yield metric


def lists(cursor):
    cursor.execute('SHOW LISTS')
    for row in cursor.fetchall():
        yield GaugeMetricFamily('pgbouncer_' + row['list'], 'SHOW LISTS', value=float(row['items']))


def figures():
    connection = psycopg2.connect(host=socket, port=pgbouncer, user=user, dbname='pgbouncer', connect_timeout=5)
    try:
        # The console knows no transactions.
        connection.autocommit = True
        with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            found = list(lists(cursor))
            for show in TABLES:
                found.extend(table(cursor, show))
            return found
    finally:
        connection.close()


class Collector:
    def describe(self):
        return []

    def collect(self):
        try:
            found = figures()
        except psycopg2.Error as error:
            print(error, file=sys.stderr)
            found = None
        yield GaugeMetricFamily('pgbouncer_up', 'Whether PgBouncer answered', value=0 if found is None else 1)
        yield from found or []


REGISTRY.register(Collector())
start_http_server(int(port), address)
while True:
    time.sleep(3600)
`;

"""Tries a write on the member of this host itself, past every proxy, and tells when it began, when it was acknowledged and on which timeline."""
import os
import sys
import json
import time

import psycopg2

WRITE = 'INSERT INTO drill.touched DEFAULT VALUES RETURNING left(pg_walfile_name(pg_current_wal_lsn()), 8)'


def main(wanted):
    connection = None
    while True:
        begin = time.time()
        try:
            connection = connection or connect(wanted['socket'])
            with connection.cursor() as cursor:
                cursor.execute('SELECT pg_is_in_recovery()')
                if cursor.fetchone()[0]:
                    say('follows', begin, time.time())
                else:
                    cursor.execute(WRITE)
                    timeline = int(cursor.fetchone()[0], 16)
                    say('wrote', begin, time.time(), timeline)
        except psycopg2.Error as error:
            say('away', begin, time.time(), ' '.join(str(error).split())[:120])
            if connection is not None:
                connection.close()
            connection = None
        time.sleep(wanted['pause'])


def connect(socket):
    connection = psycopg2.connect(socket)
    connection.autocommit = True
    return connection


def say(*words):
    os.write(1, (' '.join(str(word) for word in words) + '\n').encode())


main(json.loads(sys.stdin.readline()))

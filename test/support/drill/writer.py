"""Writes a row with each commit, as an application would, and tells of each that was acknowledged: its number, and when."""
import json
import os
import sys
import time

import psycopg2

INSERT = 'INSERT INTO drill.kept (round, writer, number) VALUES (%s, %s, %s)'


def main(wanted):
    connection = None
    number = 0
    while True:
        number += 1
        try:
            connection = connection or connect(wanted['service'])
            with connection.cursor() as cursor:
                cursor.execute(INSERT, (wanted['round'], wanted['writer'], number))
            say('acknowledged', number, time.time())
            time.sleep(wanted['pause'])
        except psycopg2.Error as error:
            say('refused', number, time.time(), 'strayed' if error.pgcode == '25006' else reason(error))
            connection = closed(connection)
            time.sleep(0.1)


def connect(service):
    connection = psycopg2.connect(service, connect_timeout=3)
    connection.autocommit = True
    return connection


def closed(connection):
    """One that was never made, or is gone already, is closed as well."""
    if connection is not None:
        connection.close()


def reason(error):
    return ' '.join(str(error).split())[:120]


def say(*words):
    os.write(1, (' '.join(str(word) for word in words) + '\n').encode())


main(json.loads(sys.stdin.readline()))

"""Asks each service over a new connection who answers there, and tells when, and whether it was a primary."""
import json
import os
import sys
import threading
import time

import psycopg2

WHO = "SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END, (SELECT setting FROM pg_settings WHERE name = 'primary_slot_name')"


def ask(service, port, pause):
    while True:
        try:
            connection = psycopg2.connect(service, port=port, connect_timeout=3)
            try:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute(WHO)
                    role, slot = cursor.fetchone()
                say('answered', port, time.time(), role, slot or '-')
            finally:
                connection.close()
        except psycopg2.Error as error:
            say('silent', port, time.time(), ' '.join(str(error).split())[:120])
        time.sleep(pause)


def say(*words):
    os.write(1, (' '.join(str(word) for word in words) + '\n').encode())


wanted = json.loads(sys.stdin.readline())
for port in wanted['ports']:
    threading.Thread(target=ask, args=(wanted['service'], port, wanted['pause']), daemon=True).start()
threading.Event().wait()

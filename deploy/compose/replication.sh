#!/bin/sh
# Lets the node that makes backups copy the server; run once, when PostgreSQL makes its data folder.
set -eu
echo "host replication $POSTGRES_USER all scram-sha-256" >>"$PGDATA/pg_hba.conf"

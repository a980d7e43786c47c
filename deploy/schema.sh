#!/bin/sh
# Creates both databases of the Temporal server where they are missing, and brings their schemas to the version of this
# image. Repeating it is harmless: create accepts a database that exists, setup-schema never lowers a version, and
# update-schema applies only what is newer. temporal-sql-tool reads SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD and
# SQL_PLUGIN from the environment, so the password stands in no argument list.
set -eu

: "${SQL_HOST:?}" "${SQL_PORT:?}" "${SQL_USER:?}" "${SQL_PASSWORD:?}" "${SQL_PLUGIN:?}"
schemas=/etc/temporal/schema/postgresql/v12

migrate() { # database, folder of its versions
	temporal-sql-tool --db "$1" create
	temporal-sql-tool --db "$1" setup-schema -v 0.0
	temporal-sql-tool --db "$1" update-schema -d "$schemas/$2/versioned"
}

migrate temporal temporal
migrate temporal_visibility visibility

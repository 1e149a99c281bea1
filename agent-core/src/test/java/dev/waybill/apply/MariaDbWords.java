// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

/** Statements of these tests as MariaDB wants them. */
final class MariaDbWords {

    private MariaDbWords() {}

    static String of(String sql) {
        return sql.replace("waybill.", "waybill_")
                .replaceAll("REFERENCES (\\w+)(?! ?\\(|\\w)", "REFERENCES $1 (id)")
                .replaceAll("GENERATED (BY DEFAULT|ALWAYS) AS IDENTITY", "AUTO_INCREMENT")
                .replaceAll("SET LOCK_TIMEOUT = \\d+", "SET innodb_lock_wait_timeout = 1")
                .replaceAll("ALTER COLUMN (\\w+) SET DATA TYPE", "MODIFY COLUMN $1")
                .replace("\"\"", "\0").replace('"', '`').replace('\0', '"')
                .replaceAll("\\bnull\\)$", "AS (v + 1))");
    }
}

-- SPDX-License-Identifier: Apache-2.0
INSERT INTO book (version, title) VALUES (0, 'one'), (0, 'two');
INSERT INTO book (version, title) SELECT 1, CONCAT(title, '!') FROM book WHERE id = 1;
UPDATE book SET version = version + 1 WHERE title = 'two';

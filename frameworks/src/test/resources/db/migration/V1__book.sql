-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE book (id ${identity}, version INTEGER NOT NULL, title VARCHAR(100) NOT NULL);

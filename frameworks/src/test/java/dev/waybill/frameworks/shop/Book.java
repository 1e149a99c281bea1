// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks.shop;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/** One entity for all that map objects. */
@Entity(name = "Book")
@Table(name = "book")
public class Book {

    /** Its table, once the key is said as the product has it. */
    public static final String TABLE = "CREATE TABLE book (id #identity, version INTEGER NOT NULL, title VARCHAR(100) NOT NULL)";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    @Version
    private int version;

    @Column(nullable = false, length = 100)
    private String title;

    /** For frameworks. */
    public Book() {
        // Fields are set by the framework.
    }

    /** Not yet kept. */
    public Book(String title) {
        this.title = title;
    }

    /** Null before it is kept. */
    public Long getId() {
        return id;
    }

    /** Grows with every change. */
    public int getVersion() {
        return version;
    }

    /** Its title. */
    public String getTitle() {
        return title;
    }

    /** Another title. */
    public void setTitle(String title) {
        this.title = title;
    }
}

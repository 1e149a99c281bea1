// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import dev.waybill.frameworks.Exchange.Product;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.persistence.jpa.PersistenceProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** EclipseLink: nothing but the URL. */
@Tag("extended")
class EclipseLinkNeedsOnlyTheUrlTest {

    @TempDir
    private Path directory;

    /** Its keys are given: EclipseLink asks H2 for identities by a function that H2 has given up, whatever the driver. */
    @Entity(name = "Shelf")
    @Table(name = "shelf")
    public static class Shelf {

        @Id
        private int id;

        @Column(name = "title", length = 100)
        private String title;

        @Version
        private int version;

        /** For EclipseLink. */
        public Shelf() {
            // Fields are set by the framework.
        }

        Shelf(int id) {
            this.id = id;
            this.title = "shelf " + id;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void entitiesAreReplicated(Product product) throws Exception {
        try (Exchange exchange = Exchange.on(product, directory).made("CREATE TABLE shelf (id INTEGER PRIMARY KEY, title VARCHAR(100), version INTEGER)").publish("shelf");
                EntityManagerFactory factory = new PersistenceProvider().createEntityManagerFactory("shelves", Map.of("jakarta.persistence.jdbc.url", exchange.url(), "eclipselink.logging.level", "OFF"));
                EntityManager manager = factory.createEntityManager()) {
            manager.getTransaction().begin();
            for (int i = 1; i <= 20; i++) {
                manager.persist(new Shelf(i));
            }
            manager.getTransaction().commit();
            manager.getTransaction().begin();
            manager.createQuery("select s from Shelf s where s.id > 10", Shelf.class).getResultList().forEach(shelf -> shelf.title += "!");
            manager.createQuery("delete from Shelf s where s.id = 3").executeUpdate();
            manager.getTransaction().commit();
            exchange.assertReplicated(19, "shelf");
        }
    }
}

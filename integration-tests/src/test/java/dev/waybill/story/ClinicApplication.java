// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Lob;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.flywaydb.core.Flyway;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;

/** An application of its time: schema by Flyway, entities by Hibernate (which validates the schema), connections by HikariCP. It knows a JDBC URL and nothing of Waybill. */
final class ClinicApplication implements AutoCloseable {

    static final List<String> TABLES = List.of("patient", "visit", "visit_finding");

    private final HikariDataSource pool;
    private final SessionFactory sessions;

    ClinicApplication(String jdbcUrl) {
        var config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setMaximumPoolSize(4);
        pool = new HikariDataSource(config);
        Flyway.configure().dataSource(pool).load().migrate();
        sessions = new Configuration().addAnnotatedClass(Patient.class).addAnnotatedClass(Visit.class)
                .setProperty("hibernate.hbm2ddl.auto", "validate")
                .setProperty("hibernate.jdbc.batch_size", "20")
                .buildSessionFactory(new StandardServiceRegistryBuilder().applySetting("hibernate.connection.datasource", pool)
                        .applySetting("hibernate.hbm2ddl.auto", "validate").applySetting("hibernate.jdbc.batch_size", "20").build());
    }

    /** A day at the clinic. */
    void work(long seed, int transactions) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < transactions; i++) {
            int what = random.nextInt(10);
            if (what < 4) {
                admit(random);
            } else if (what < 8) {
                change(random);
            } else {
                remove(random);
            }
        }
    }

    private void admit(SplittableRandom random) {
        sessions.inTransaction(session -> {
            var patient = new Patient();
            patient.name = "patient " + random.nextInt(1000);
            patient.born = LocalDate.of(1950 + random.nextInt(70), 1, 1);
            patient.notes = random.nextInt(5) == 0 ? "long history. ".repeat(4000) : null;
            session.persist(patient);
            for (int i = 0; i < random.nextInt(4); i++) {
                var visit = new Visit();
                visit.patient = patient;
                visit.at = OffsetDateTime.now();
                visit.fee = BigDecimal.valueOf(random.nextInt(20_000), 2);
                visit.kind = Kind.values()[random.nextInt(2)];
                visit.findings.addAll(List.of("finding " + i, "finding " + random.nextInt()));
                session.persist(visit);
            }
        });
    }

    private void change(SplittableRandom random) {
        sessions.inTransaction(session -> {
            List<Visit> visits = session.createQuery("from Visit order by id desc", Visit.class).setMaxResults(5).list();
            for (Visit visit : visits) {
                visit.fee = visit.fee.add(BigDecimal.ONE);
                visit.patient.name += "!";
                visit.findings.add(0, "added " + random.nextInt());
            }
            session.createMutationQuery("update Patient set notes = null where name like 'patient 9%'").executeUpdate();
        });
    }

    private void remove(SplittableRandom random) {
        sessions.inTransaction(session -> {
            List<Visit> visits = session.createQuery("from Visit order by id", Visit.class).setFirstResult(random.nextInt(3)).setMaxResults(2).list();
            visits.forEach(session::remove);
        });
    }

    @Override
    public void close() {
        sessions.close();
        pool.close();
    }

    /** Kinds of visits. */
    enum Kind { CONSULTATION, EMERGENCY }

    @Entity(name = "Patient")
    @Table(name = "patient")
    static class Patient {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        Long id;

        @Version
        int version;

        @Column(nullable = false)
        String name;

        LocalDate born;

        @Lob
        String notes;
    }

    @Entity(name = "Visit")
    @Table(name = "visit")
    static class Visit {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "visit")
        @SequenceGenerator(name = "visit", sequenceName = "visit_seq", allocationSize = 50)
        Long id;

        @ManyToOne(optional = false)
        Patient patient;

        @Column(nullable = false)
        OffsetDateTime at;

        BigDecimal fee;

        @Enumerated(EnumType.STRING)
        @Column(nullable = false, length = 20)
        Kind kind;

        @ElementCollection
        @CollectionTable(name = "visit_finding", joinColumns = @JoinColumn(name = "visit_id"))
        @OrderColumn(name = "position")
        @Column(name = "finding")
        List<String> findings = new ArrayList<>();
    }
}

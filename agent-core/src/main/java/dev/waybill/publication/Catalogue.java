// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole catalogue at one version, as an immutable value.
 *
 * @param version       grows by one with every change
 * @param incarnation   random id of this database's history; null in {@link #NONE}
 * @param publisher     the name under which this database sends; null before GRANT PUBLISH
 * @param messageTypes  ways to send, with this database's own addresses and options
 * @param remoteUsers   the databases directly above and below
 * @param publications  what is offered now
 * @param subscriptions who gets what
 * @param complete      whether triggers capture what every writer does, and drivers nothing
 */
public record Catalogue(long version, UUID incarnation, String publisher, List<MessageType> messageTypes, List<RemoteUser> remoteUsers,
        List<Publication> publications, List<Subscription> subscriptions, boolean complete) {

    /** A database without our tables. */
    public static final Catalogue NONE = new Catalogue(0, null, null, List.of(), List.of(), List.of(), List.of());

    public Catalogue {
        messageTypes = List.copyOf(messageTypes);
        remoteUsers = List.copyOf(remoteUsers);
        publications = List.copyOf(publications);
        subscriptions = List.copyOf(subscriptions);
    }

    /** One of a database that drivers capture. */
    public Catalogue(long version, UUID incarnation, String publisher, List<MessageType> messageTypes, List<RemoteUser> remoteUsers, List<Publication> publications, List<Subscription> subscriptions) {
        this(version, incarnation, publisher, messageTypes, remoteUsers, publications, subscriptions, false);
    }

    /** Whether both are the same version of the same history. */
    public boolean isSameAs(Catalogue other) {
        return version == other.version && Objects.equals(incarnation, other.incarnation);
    }

    public Optional<Publication> publication(String name) {
        return publications.stream().filter(publication -> publication.name().equals(name)).findFirst();
    }

    public Optional<RemoteUser> remoteUser(String name) {
        return remoteUsers.stream().filter(user -> user.name().equals(name)).findFirst();
    }

    /** The database directly above. */
    public Optional<RemoteUser> consolidated() {
        return remoteUsers.stream().filter(RemoteUser::consolidated).findFirst();
    }

    public Optional<MessageType> messageType(String name) {
        return messageTypes.stream().filter(type -> type.name().equals(name)).findFirst();
    }

    public List<Subscription> subscriptionsOf(String subscriber) {
        return subscriptions.stream().filter(subscription -> subscription.subscriber().equals(subscriber)).toList();
    }

    /** Every table that is captured: the published ones, and those that say who gets their rows. */
    public Set<TableName> publishedTables() {
        return publications.stream().flatMap(publication -> publication.articles().stream()).flatMap(article -> article.audience() == null ? Stream.of(article.name()) : Stream.of(article.name(), article.audience().decider()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether changes of this table are settled when their statement ends: another one decides about its rows, or it decides. */
    public boolean isSettled(TableName table) {
        return publications.stream().anyMatch(publication -> !publication.followers(table).isEmpty() || publication.article(table).filter(article -> article.audience() != null).isPresent());
    }

    /** Whether another table says somewhere who gets a row. */
    public boolean hasAudiences() {
        return audiences().findAny().isPresent();
    }

    /** Tables that go both ways as far as this database knows: what is written to them goes up, or, where nobody is above, to somebody below. Who receives them as well hears of every write. */
    public Set<TableName> answeredTables() {
        Optional<RemoteUser> above = consolidated();
        return subscriptions.stream().filter(Subscription::isLive).filter(subscription -> above.isEmpty() || subscription.subscriber().equals(above.get().name()))
                .flatMap(subscription -> publication(subscription.publication()).stream()).flatMap(publication -> publication.articles().stream()).map(Article::name).collect(Collectors.toUnmodifiableSet());
    }

    /** {@link #captured} of every published table. */
    public Map<TableName, TableShape> captured() {
        return publishedTables().stream().collect(Collectors.toUnmodifiableMap(table -> table, this::captured));
    }

    /**
     * What capture has to record of this table: the columns of all its articles together, those of the article with the most columns first, and those that their conditions look at; its version is the catalogue's, its publications are all that have it.
     * Null when the table is not published.
     */
    public TableShape captured(TableName table) {
        List<TableShape> shapes = Stream.concat(articles(table).sorted((a, b) -> b.columns().size() - a.columns().size()), deciding(table).map(Audience::decides)).toList();
        if (shapes.isEmpty()) {
            return null;
        }
        TableShape widest = shapes.get(0);
        List<ColumnShape> columns = new ArrayList<>(widest.columns());
        for (TableShape shape : shapes) {
            shape.columns().stream().filter(column -> columns.stream().noneMatch(known -> known.name().equals(column.name()))).forEach(columns::add);
        }
        watched(table).filter(column -> columns.stream().noneMatch(known -> known.name().equals(column.name()))).forEach(columns::add);
        List<String> holders = publications.stream().filter(publication -> publication.article(table).isPresent()).map(Publication::name).toList();
        return new TableShape(table.schema(), table.name(), version, columns, widest.key(), holders);
    }

    /** Names of the columns of this table that conditions look at: which of its rows somebody gets hangs on them. */
    public Set<String> watchedNames(TableName table) {
        return watched(table).map(ColumnShape::name).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Which of these tables, written by a transaction that was planned under an earlier catalogue, were captured with less than this catalogue asks for: published since, or with more columns. A transaction that
     * wrote one of them must not commit: it fails as retriable ({@code WRITTEN_BEFORE_PUBLISHED}). Where triggers capture now, nothing was missed; but what a driver captured, because they did not yet when it planned, would be there twice.
     */
    public List<TableName> becamePublished(Catalogue planned, Collection<TableName> written) {
        if (complete) {
            return planned.complete ? List.of() : written.stream().filter(table -> !columns(planned, table).isEmpty() && !columns(this, table).isEmpty()).toList();
        }
        return written.stream().filter(table -> !columns(planned, table).containsAll(columns(this, table)) || !planned.watchedNames(table).containsAll(watchedNames(table))).toList();
    }

    private static Set<String> columns(Catalogue catalogue, TableName table) {
        return Stream.of(catalogue.articles(table).flatMap(shape -> shape.columns().stream()), catalogue.watched(table), catalogue.deciding(table).flatMap(audience -> audience.decides().columns().stream())).flatMap(names -> names).map(ColumnShape::name).collect(Collectors.toSet());
    }

    private Stream<ColumnShape> watched(TableName table) {
        Stream<ColumnShape> own = publications.stream().flatMap(publication -> publication.articles().stream()).filter(article -> article.name().equals(table)).flatMap(article -> article.watched().stream());
        return Stream.concat(own, deciding(table).flatMap(audience -> audience.decides().columns().stream())).distinct();
    }

    private Stream<Audience> audiences() {
        return publications.stream().flatMap(publication -> publication.articles().stream()).map(Article::audience).filter(Objects::nonNull);
    }

    private Stream<Audience> deciding(TableName table) {
        return audiences().filter(audience -> audience.decider().equals(table));
    }

    private Stream<TableShape> articles(TableName table) {
        return publications.stream().flatMap(publication -> publication.articles().stream()).map(Article::table).filter(shape -> TableName.of(shape).equals(table));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import dev.waybill.conflict.Resolution.AsItCame;
import dev.waybill.conflict.Resolution.AsItIsHere;
import dev.waybill.conflict.Resolution.NoRow;
import dev.waybill.conflict.Resolution.Row;
import dev.waybill.dialect.Dialect;
import dev.waybill.change.TableShape;
import dev.waybill.error.WaybillError;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** Decides conflicts by their policies. Keeps the application's resolvers. One thread. */
public final class Arbiter {

    private final CallPolicy calls;
    private final Map<String, ConflictResolver> resolvers = new HashMap<>();

    public Arbiter(Dialect dialect) {
        this.calls = new CallPolicy(dialect);
    }

    /**
     * Decides one that can be decided ({@link ConflictKind#isDecidable}).
     *
     * @param id    of its line in {@code waybill.conflict}
     * @param table the columns of the row
     * @param whole whether all columns of the row came
     * @throws SQLException CONFLICT_UNRESOLVED, or what a resolver or a statement threw
     */
    public Resolution decide(ConflictPolicy policy, Conflict conflict, long id, TableShape table, boolean whole, Connection raw) throws SQLException {
        return switch (policy.kind()) {
            case LAST -> new AsItCame();
            case KEEP_LOCAL -> new AsItIsHere();
            case NEWEST -> newest(policy.columns().get(0), conflict, whole);
            case MERGE -> conflict.kind() == ConflictKind.UPDATE_UPDATE ? merged(conflict) : new AsItIsHere();
            case ADD -> conflict.kind() == ConflictKind.UPDATE_UPDATE ? added(policy, conflict) : new AsItCame();
            case RESOLVER -> asked(policy.text(), conflict, raw);
            case CALL -> calls.decide(policy.text(), conflict, id, table, raw);
        };
    }

    private static Resolution newest(String column, Conflict conflict, boolean whole) {
        return switch (conflict.kind()) {
            case UPDATE_DELETE -> whole ? new Row(conflict.now()) : new AsItIsHere();
            case DELETE_UPDATE -> {
                Object believed = conflict.remote() == null ? null : conflict.remote().get(column);
                yield compare(conflict.old().get(column), believed) > 0 ? new AsItIsHere() : new AsItCame();
            }
            default -> conflict.now().containsKey(column) && compare(conflict.now().get(column), conflict.old().get(column)) > 0 ? new AsItCame() : new AsItIsHere();
        };
    }

    /** No value is the oldest; values that cannot be compared are equally old. */
    private static int compare(Object one, Object other) {
        if (one == null || other == null) {
            return one == other ? 0 : one == null ? -1 : 1;
        }
        return one.getClass() == other.getClass() && one instanceof Comparable<?> comparable ? compared(comparable, other) : 0;
    }

    @SuppressWarnings("unchecked")
    private static int compared(Comparable<?> one, Object other) {
        return ((Comparable<Object>) one).compareTo(other);
    }

    private static Resolution merged(Conflict conflict) {
        Map<String, Object> values = new LinkedHashMap<>();
        conflict.now().forEach((column, value) -> {
            boolean changedHere = conflict.remote() == null || !conflict.remote().containsKey(column) || !SameValue.is(conflict.remote().get(column), conflict.old().get(column));
            if (!changedHere) {
                values.put(column, value);
            }
        });
        return values.isEmpty() ? new AsItIsHere() : new Row(values);
    }

    private static Resolution added(ConflictPolicy policy, Conflict conflict) {
        Map<String, Object> values = new LinkedHashMap<>(conflict.now());
        for (String column : policy.columns()) {
            if (values.containsKey(column) && conflict.remote() != null && conflict.remote().containsKey(column)) {
                values.put(column, sum(conflict.old().get(column), values.get(column), conflict.remote().get(column)));
            }
        }
        return new Row(values);
    }

    /** What is here and the difference that the sender made; no number counts as none. */
    private static Object sum(Object here, Object now, Object before) {
        if (!(here instanceof Number base) || !(now instanceof Number to) || !(before instanceof Number from)) {
            return now;
        } else if (here instanceof Long) {
            return base.longValue() + (to.longValue() - from.longValue());
        } else if (here instanceof Double) {
            return base.doubleValue() + (to.doubleValue() - from.doubleValue());
        } else if (here instanceof Float) {
            return base.floatValue() + (to.floatValue() - from.floatValue());
        }
        return decimal(base).add(decimal(to)).subtract(decimal(from));
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
    }

    private Resolution asked(String name, Conflict conflict, Connection raw) throws SQLException {
        ConflictResolver resolver = resolvers.get(name);
        if (resolver == null) {
            resolver = found(name);
            resolvers.put(name, resolver);
        }
        Resolution resolution;
        try {
            resolution = resolver.resolve(conflict, raw);
        } catch (RuntimeException failed) {
            throw WaybillError.CONFLICT_UNRESOLVED.because(failed, conflict.kind(), conflict.table(), name, failed.toString());
        }
        if (resolution == null || resolution instanceof Row row && conflict.old() == null && row.values().isEmpty()) {
            throw WaybillError.CONFLICT_UNRESOLVED.with(conflict.kind(), conflict.table(), name, "it gave nothing back");
        }
        return resolution instanceof NoRow && conflict.old() == null ? new AsItIsHere() : resolution;
    }

    private static ConflictResolver found(String name) throws SQLException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader() == null ? Arbiter.class.getClassLoader() : Thread.currentThread().getContextClassLoader();
        for (ServiceLoader.Provider<ConflictResolver> provider : ServiceLoader.load(ConflictResolver.class, loader).stream().toList()) {
            if (provider.type().getName().equals(name)) {
                return provider.get();
            }
        }
        try {
            return Class.forName(name, true, loader).asSubclass(ConflictResolver.class).getConstructor().newInstance();
        } catch (ReflectiveOperationException | ClassCastException missing) {
            throw WaybillError.CONFLICT_RESOLVER.because(missing, name, missing.toString());
        }
    }
}

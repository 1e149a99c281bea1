// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Calls every method of an object in a certain state on the bare driver and on ours, with the same arguments, and tells what an application could see of a difference. */
final class EveryMethod {

    private final Ground ground;
    private final KnownDifferences known;

    EveryMethod(Ground ground, KnownDifferences known) {
        this.ground = ground;
        this.known = known;
    }

    /** @param more with these statements before, on our side only */
    List<String> differences(Scenario scenario, int bound, List<String> more) throws SQLException {
        List<String> differences = new ArrayList<>();
        try (Side bareSide = new Side(ground, false, List.of()); Side ourSide = new Side(ground, true, more)) {
            bareSide.open().close();
            ourSide.open().close();
            if (ground.lacks().contains(scenario.name())) {
                String bare = refusal(bareSide, scenario);
                String ours = refusal(ourSide, scenario);
                return bare.equals(ours) ? List.of() : List.of("\nbare: " + bare + "\nours: " + ours);
            }
            for (Method method : methods(scenario.type())) {
                CompletableFuture<List<String>> atTheSameTime = CompletableFuture.supplyAsync(() -> observeUnchecked(bareSide, scenario, method, bound));
                if (isOfXml(scenario.type(), method)) {
                    atTheSameTime.join();
                }
                List<String> ours = observe(ourSide, scenario, method, bound);
                List<String> bare = atTheSameTime.join();
                assertThat(ours).hasSameSizeAs(bare);
                for (int i = 0; i < bare.size(); i++) {
                    if (!bare.get(i).equals(ours.get(i)) && !known.cover(scenario, method, bare.get(i), ours.get(i))) {
                        differences.add("\nbare: " + bare.get(i) + "\nours: " + ours.get(i));
                    }
                }
            }
        }
        return differences;
    }

    /** HSQLDB's XML values share a transformer that is not for two threads: there one side follows the other. */
    private static boolean isOfXml(Class<?> type, Method method) {
        return type == SQLXML.class || method.getReturnType() == SQLXML.class || List.of(method.getParameterTypes()).contains(SQLXML.class);
    }

    private static List<Method> methods(Class<?> type) {
        return Stream.of(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    private static List<String> observeUnchecked(Side side, Scenario scenario, Method method, int bound) {
        try {
            return observe(side, scenario, method, bound);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    /** What each combination of arguments gives, and what the world is like afterwards. */
    private static List<String> observe(Side side, Scenario scenario, Method method, int bound) throws SQLException {
        List<String> observed = new ArrayList<>();
        int count = 1;
        for (int i = 0; i < count; i++) {
            Connection connection = side.open();
            try {
                Object target = scenario.maker().make(connection);
                List<Object[]> combinations = combinations(side, scenario, method, bound, connection);
                count = combinations.size();
                Object[] arguments = combinations.get(i);
                String call = method.getName() + describe(arguments);
                Object result = call(target, method, arguments);
                observed.add(call + " -> " + Described.of(result) + after(target) + "\n" + side.after(connection));
            } finally {
                side.giveBack(connection, scenario.type());
            }
        }
        return observed;
    }

    private static List<Object[]> combinations(Side side, Scenario scenario, Method method, int bound, Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            return Arguments.of(method, bound, scenario.texts(), connection);
        }
        try (Connection spare = side.another()) {
            return Arguments.of(method, bound, scenario.texts(), spare);
        }
    }

    /** How the product refuses what it has not. */
    private static String refusal(Side side, Scenario scenario) throws SQLException {
        try (Connection connection = side.open()) {
            Object made = scenario.maker().make(connection);
            throw new AssertionError(scenario + " is " + Described.of(made) + " and not missing");
        } catch (SQLException missing) {
            return Described.of(missing);
        }
    }

    private static Object call(Object target, Method method, Object[] arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            return thrown.getCause();
        } catch (IllegalAccessException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String describe(Object[] arguments) {
        return Arrays.stream(arguments).map(argument -> argument instanceof InputStream || argument instanceof Reader ? "stream" : Described.of(argument)).toList().toString();
    }

    /** The state of a statement, asked in the order in which an application would. */
    private static String after(Object target) {
        if (!(target instanceof Statement statement)) {
            return "";
        }
        return "\n rows " + Described.of(tried(statement::getResultSet)) + "\n count " + Described.of(tried(statement::getUpdateCount)) + " " + Described.of(tried(statement::getLargeUpdateCount))
                + "\n keys " + Described.of(tried(statement::getGeneratedKeys)) + "\n more " + Described.of(tried(statement::getMoreResults)) + " " + Described.of(tried(statement::getUpdateCount))
                + "\n warnings " + Described.of(tried(statement::getWarnings)) + " closed " + Described.of(tried(statement::isClosed));
    }

    private interface Asking {
        Object ask() throws SQLException;
    }

    private static Object tried(Asking asking) {
        try {
            return asking.ask();
        } catch (SQLException | RuntimeException thrown) {
            return thrown;
        }
    }
}

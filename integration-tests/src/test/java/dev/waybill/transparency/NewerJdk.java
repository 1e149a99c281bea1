// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import dev.waybill.driver.capture.CaptureSource;
import dev.waybill.driver.proxy.Facets;
import dev.waybill.driver.proxy.Proxies;
import dev.waybill.driver.setting.WaybillSettings;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.implementation.FixedValue;

/** The process of {@link NewerJdkTest}: makes the patch of {@code java.sql}, or runs with it. */
final class NewerJdk {

    private static final String UNKNOWN = "ofTomorrow";
    private static final List<Class<?>> INTERFACES = List.of(Connection.class, Statement.class, PreparedStatement.class, CallableStatement.class, ResultSet.class, DatabaseMetaData.class, Array.class, Wrapper.class);

    private NewerJdk() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("patch")) {
            patch(Path.of(arguments[1]));
        } else {
            System.out.println(use());
        }
    }

    /** Each interface with one method more, whose body answers for who has not heard of it. */
    private static void patch(Path directory) throws IOException {
        for (Class<?> type : INTERFACES) {
            new ByteBuddy().redefine(type, ClassFileLocator.ForClassLoader.ofPlatformLoader())
                    .defineMethod(UNKNOWN + type.getSimpleName(), String.class, Visibility.PUBLIC).withParameters(String.class).intercept(FixedValue.value("the interface's own body"))
                    .make().saveIn(directory.toFile());
        }
        System.out.println("patched on " + Runtime.version());
    }

    /** A driver of tomorrow knows them all; what of ours does not ask it, with what came back. */
    private static String use() throws Exception {
        Connection raw = ofTomorrow(Connection.class, new org.h2.Driver().connect("jdbc:h2:mem:", new Properties()));
        List<String> wrong = new ArrayList<>();
        int asked = 0;
        try (Connection connection = new Proxies().connect(raw, "jdbc:h2:mem:", WaybillSettings.DEFAULTS, CaptureSource.PASS_THROUGH, Facets.NONE); Statement statement = connection.createStatement();
                PreparedStatement prepared = connection.prepareStatement("SELECT 1"); CallableStatement call = connection.prepareCall("CALL 1"); ResultSet rows = statement.executeQuery("SELECT ARRAY[1]")) {
            rows.next();
            for (Object object : new Object[] {connection, statement, prepared, call, rows, connection.getMetaData(), rows.getArray(1)}) {
                for (Method method : object.getClass().getMethods()) {
                    if (method.getName().startsWith(UNKNOWN) && method.getParameterCount() == 1 && !Modifier.isStatic(method.getModifiers())) {
                        asked++;
                        String answer = String.valueOf(method.invoke(object, "question"));
                        if (!answer.equals("the driver of tomorrow: question")) {
                            wrong.add(object.getClass().getName() + "." + method.getName() + " answers " + answer);
                        }
                    }
                }
            }
        }
        return wrong.isEmpty() && asked >= INTERFACES.size() ? "all delegated, " + asked + " on " + Runtime.version() : asked + " asked, not delegated: " + wrong;
    }

    /** As the real driver's object, and all that comes from it too. */
    private static <T> T ofTomorrow(Class<T> type, Object real) {
        InvocationHandler handler = (proxy, method, given) -> method.getName().startsWith(UNKNOWN) ? "the driver of tomorrow: " + given[0] : led(method, invoke(real, method, given));
        return type.cast(Proxy.newProxyInstance(NewerJdk.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object led(Method method, Object result) {
        return result != null && INTERFACES.contains(method.getReturnType()) ? ofTomorrow(method.getReturnType(), result) : result;
    }

    private static Object invoke(Object real, Method method, Object[] given) throws Throwable {
        try {
            return method.invoke(real, given);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}

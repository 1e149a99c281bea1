// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.ServiceLoader;

/** Code of the application's that is named in the catalogue. Stateless; any thread. */
public final class RemoteClasses {

    private RemoteClasses() {}

    /**
     * A new object of this class: one that is registered for {@code ServiceLoader}, or made by its public constructor without parameters.
     *
     * @throws SQLException PROCEDURE_CLASS
     */
    public static <T> T find(String name, Class<T> type) throws SQLException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? RemoteClasses.class.getClassLoader() : context;
        for (ServiceLoader.Provider<T> provider : ServiceLoader.load(type, loader).stream().toList()) {
            if (provider.type().getName().equals(name)) {
                return provider.get();
            }
        }
        try {
            return Class.forName(name, true, loader).asSubclass(type).getConstructor().newInstance();
        } catch (ReflectiveOperationException | ClassCastException missing) {
            throw WaybillError.PROCEDURE_CLASS.because(missing, name, missing.toString());
        }
    }
}

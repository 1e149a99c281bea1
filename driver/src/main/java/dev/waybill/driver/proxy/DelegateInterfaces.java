// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which interfaces a generated class can take over from a delegate, and from where it sees them. Stateless; any thread. */
final class DelegateInterfaces {

    private DelegateInterfaces() {}

    /** All public interfaces of this class, inherited ones included; of an interface that is not public, its public parents. */
    static Set<Class<?>> of(Class<?> type) {
        Set<Class<?>> found = new LinkedHashSet<>();
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            collect(each.getInterfaces(), found);
        }
        return found;
    }

    private static void collect(Class<?>[] interfaces, Set<Class<?>> found) {
        for (Class<?> one : interfaces) {
            if (isOpenToAll(one)) {
                found.add(one);
            } else {
                collect(one.getInterfaces(), found);
            }
        }
    }

    private static boolean isOpenToAll(Class<?> one) {
        return Modifier.isPublic(one.getModifiers()) && !one.isSealed() && one.getModule().isExported(one.getPackageName());
    }

    /** A class loader that sees the policy and all these interfaces: the policy's, the delegate's (one of them is often the other's parent), or one over both. */
    static ClassLoader parentLoader(Class<?> policy, Class<?> delegate, Set<Class<?>> interfaces) {
        for (Class<?> candidate : List.of(policy, delegate)) {
            ClassLoader loader = candidate.getClassLoader();
            if (sees(loader, policy) && interfaces.stream().allMatch(one -> sees(loader, one))) {
                return loader;
            }
        }
        return new TwoLoaders(policy, delegate);
    }

    private static boolean sees(ClassLoader loader, Class<?> type) {
        try {
            return Class.forName(type.getName(), false, loader) == type;
        } catch (ClassNotFoundException unseen) {
            return false;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

/**
 * Sees our room by our class loader and everything else by the delegate's: a class loader over both would take the interfaces of another copy of the real driver that ours happens to see. Any thread.
 */
final class TwoLoaders extends ClassLoader {

    private final String ourPrefix;
    private final ClassLoader ours;
    private final ClassLoader theirs;

    TwoLoaders(Class<?> policy, Class<?> delegate) {
        super(ClassLoader.getPlatformClassLoader());
        this.ourPrefix = policy.getPackageName() + ".";
        this.ours = policy.getClassLoader();
        this.theirs = delegate.getClassLoader() == null ? ClassLoader.getPlatformClassLoader() : delegate.getClassLoader();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return (name.startsWith(ourPrefix) ? ours : theirs).loadClass(name);
    }
}

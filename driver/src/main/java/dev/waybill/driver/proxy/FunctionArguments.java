// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/** The arguments of a function that is called past SQL, while the real driver's caller fills them: the first one is kept too. One thread. */
final class FunctionArguments implements InvocationHandler {

    private final Object raw;
    private byte[] first;

    private FunctionArguments(Object raw) {
        this.raw = raw;
    }

    /** Ours over these. */
    static Object over(Object raw, Class<?> type) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new FunctionArguments(raw));
    }

    /** Null when they are none of ours. */
    static FunctionArguments of(Object arguments) {
        return arguments != null && Proxy.isProxyClass(arguments.getClass()) && Proxy.getInvocationHandler(arguments) instanceof FunctionArguments ours ? ours : null;
    }

    Object raw() {
        return raw;
    }

    /** Null when it is not known. */
    byte[] first() {
        return first;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("setBytea") && arguments.length == 4 && arguments[0].equals(1)) {
            int from = (Integer) arguments[2];
            first = Arrays.copyOfRange((byte[]) arguments[1], from, from + (Integer) arguments[3]);
        }
        return VendorCalls.call(method, raw, arguments);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.util.Set;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.description.type.TypeList;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;

/** Which methods of ResultSet and ResultSetMetaData name a column with their first argument, and how they are asked by number. Stateless; any thread. */
final class ColumnArgument {

    /** An int first, but no column. */
    private static final Set<String> NOT_A_COLUMN = Set.of("absolute", "relative", "setFetchDirection", "setFetchSize");

    private ColumnArgument() {}

    static boolean isFirstOf(MethodDescription method) {
        if (method.getParameters().isEmpty()) {
            return false;
        }
        TypeDescription first = method.getParameters().get(0).getType().asErasure();
        return first.represents(int.class) && !NOT_A_COLUMN.contains(method.getName()) || first.represents(String.class);
    }

    /** The method of {@link ChosenColumns} for its first argument. */
    static MethodDescription mapping(MethodDescription method) {
        TypeDescription first = method.getParameters().get(0).getType().asErasure();
        return TypeDescription.ForLoadedType.of(ChosenColumns.class).getDeclaredMethods().filter(ElementMatchers.takesArguments(first)).getOnly();
    }

    /** The same method with the column's number in the place of its name. */
    static MethodDescription numbered(MethodDescription method) {
        TypeList.Generic types = method.getParameters().asTypeList();
        ElementMatcher.Junction<MethodDescription> twin = ElementMatchers.<MethodDescription>named(method.getName())
                .and(ElementMatchers.takesArguments(types.size()))
                .and(ElementMatchers.takesArgument(0, int.class));
        for (int i = 1; i < types.size(); i++) {
            twin = twin.and(ElementMatchers.takesArgument(i, types.get(i).asErasure()));
        }
        return method.getDeclaringType().getDeclaredMethods().filter(twin).getOnly();
    }
}

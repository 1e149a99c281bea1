// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.util.Optional;
import net.bytebuddy.description.field.FieldDescription;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.scaffold.InstrumentedType;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.bytecode.ByteCodeAppender;
import net.bytebuddy.implementation.bytecode.StackManipulation;
import net.bytebuddy.implementation.bytecode.assign.TypeCasting;
import net.bytebuddy.implementation.bytecode.constant.NullConstant;
import net.bytebuddy.implementation.bytecode.constant.TextConstant;
import net.bytebuddy.implementation.bytecode.member.FieldAccess;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.implementation.bytecode.member.MethodReturn;
import net.bytebuddy.implementation.bytecode.member.MethodVariableAccess;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * The body of a generated method: the same method on the delegate, called directly.
 *
 * <pre>
 *   return delegate.method(arguments);              in general
 *   return lead(delegate.method(arguments));        when the policy has lead(R) for the return type R
 *   show(text); return delegate.method(text, …);    when a vendor's method runs a text: see VendorCalls
 *   showRun(text); return delegate.method(…);       the same of a statement
 *   return (R) leadVendor(name, delegate.method()); when a vendor's method gives what runs texts
 *   return delegate.method(column(first), others);  when the policy shows chosen columns; a name becomes a number first
 * </pre>
 *
 * <p>No cast is needed: a JVM checks the receiver of an interface call when it is made. No branch, so no stack map either.
 */
final class DirectCall implements Implementation {

    /** The name of the policy's method through which what leads back to a raw object goes. */
    static final String LEAD = "lead";

    private final TypeDescription policy;
    private final FieldDescription delegate;

    DirectCall(Class<?> policy) {
        this.policy = TypeDescription.ForLoadedType.of(policy);
        this.delegate = inherited("delegate");
    }

    @Override
    public InstrumentedType prepare(InstrumentedType instrumentedType) {
        return instrumentedType;
    }

    @Override
    public ByteCodeAppender appender(Target target) {
        return (visitor, context, method) -> {
            StackManipulation.Size size = new StackManipulation.Compound(body(method)).apply(visitor, context);
            return new ByteCodeAppender.Size(size.getMaximalSize(), method.getStackSize());
        };
    }

    private StackManipulation body(MethodDescription method) {
        if (isVendors(method) && VendorCalls.isLed(method.getName())) {
            return new StackManipulation.Compound(MethodVariableAccess.loadThis(), new TextConstant(method.getName()), call(method), MethodInvocation.invoke(vendors("leadVendor")),
                    TypeCasting.to(method.getReturnType().asErasure()), MethodReturn.of(method.getReturnType()));
        } else if (isVendors(method) && VendorCalls.isShown(method.getName())) {
            return new StackManipulation.Compound(MethodVariableAccess.loadThis(), MethodVariableAccess.load(method.getParameters().get(0)), MethodInvocation.invoke(vendors("show")), led(method));
        } else if (isVendorsOfStatement(method) && VendorCalls.isRun(method.getName())) {
            return new StackManipulation.Compound(MethodVariableAccess.loadThis(), run(method), MethodInvocation.invoke(vendors("showRun")), led(method));
        }
        return led(method);
    }

    private static StackManipulation run(MethodDescription method) {
        TypeDescription first = method.getParameters().get(0).getType().asErasure();
        if (first.represents(String.class)) {
            return MethodVariableAccess.load(method.getParameters().get(0));
        }
        return first.isPrimitive() ? NullConstant.INSTANCE : new TextConstant(VendorCalls.ANYTHING);
    }

    /** A statement's, and not JDBC's. */
    private boolean isVendorsOfStatement(MethodDescription method) {
        return policy.isAssignableTo(AnyStatementPolicy.class) && !method.getDeclaringType().asErasure().getName().startsWith("java.");
    }

    /** A connection's, and not JDBC's. */
    private boolean isVendors(MethodDescription method) {
        return policy.represents(ConnectionPolicy.class) && !method.getDeclaringType().asErasure().getName().startsWith("java.");
    }

    private MethodDescription vendors(String name) {
        for (TypeDescription type = policy; !type.represents(Object.class); type = type.getSuperClass().asErasure()) {
            var found = type.getDeclaredMethods().filter(ElementMatchers.named(name));
            if (!found.isEmpty()) {
                return found.getOnly();
            }
        }
        throw new IllegalArgumentException(policy + " has no method " + name);
    }

    private StackManipulation led(MethodDescription method) {
        StackManipulation call = call(method);
        StackManipulation given = lead(method.getReturnType().asErasure())
                .<StackManipulation>map(lead -> new StackManipulation.Compound(MethodVariableAccess.loadThis(), call, MethodInvocation.invoke(lead)))
                .orElse(call);
        return new StackManipulation.Compound(given, MethodReturn.of(method.getReturnType()));
    }

    private StackManipulation call(MethodDescription method) {
        MethodDescription called = mapsColumns(method) ? ColumnArgument.numbered(method) : method.asDefined();
        return new StackManipulation.Compound(
                MethodVariableAccess.loadThis(),
                FieldAccess.forField(delegate).read(),
                arguments(method),
                MethodInvocation.invoke(called.asDefined()));
    }

    private StackManipulation arguments(MethodDescription method) {
        if (!mapsColumns(method)) {
            return MethodVariableAccess.allArgumentsOf(method);
        }
        StackManipulation arguments = new StackManipulation.Compound(
                MethodVariableAccess.loadThis(),
                MethodVariableAccess.load(method.getParameters().get(0)),
                MethodInvocation.invoke(ColumnArgument.mapping(method)));
        for (int i = 1; i < method.getParameters().size(); i++) {
            arguments = new StackManipulation.Compound(arguments, MethodVariableAccess.load(method.getParameters().get(i)));
        }
        return arguments;
    }

    private boolean mapsColumns(MethodDescription method) {
        return policy.isAssignableTo(ChosenColumns.class) && ColumnArgument.isFirstOf(method);
    }

    private Optional<MethodDescription> lead(TypeDescription returned) {
        for (TypeDescription type = policy; !type.represents(Object.class); type = type.getSuperClass().asErasure()) {
            var found = type.getDeclaredMethods().filter(ElementMatchers.named(LEAD).and(ElementMatchers.takesArguments(returned)).and(ElementMatchers.returns(returned)));
            if (!found.isEmpty()) {
                return Optional.of(found.getOnly());
            }
        }
        return Optional.empty();
    }

    private FieldDescription inherited(String name) {
        for (TypeDescription type = policy; !type.represents(Object.class); type = type.getSuperClass().asErasure()) {
            var found = type.getDeclaredFields().filter(ElementMatchers.named(name));
            if (!found.isEmpty()) {
                return found.getOnly();
            }
        }
        throw new IllegalArgumentException(policy + " has no field " + name);
    }
}

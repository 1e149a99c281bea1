// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.lang.ref.SoftReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.ClassFileVersion;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.dynamic.scaffold.subclass.ConstructorStrategy;
import net.bytebuddy.implementation.MethodCall;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * The generated classes of one policy: one for each class of delegate, made when first met. Any thread.
 *
 * <p>A generated class lives in a class loader of its own. It is kept only softly, so neither the real driver's class loader nor ours is held by the other; {@link #forget} lets go at once.
 *
 * @param <D> the JDBC interface
 * @param <O> what the policy needs to know besides its delegate
 * @param <P> the policy class: public, abstract, with one public constructor (D, O), since a class of another class loader extends it
 */
final class ProxyFamily<D, O, P extends D> {

    private final Class<D> delegateType;
    private final Class<O> originType;
    private final Class<P> policy;
    private final Set<SoftReference<?>> known = ConcurrentHashMap.newKeySet();
    private final ClassValue<SoftReference<Maker<D, O, P>>> makers = new ClassValue<>() {
        @Override
        protected SoftReference<Maker<D, O, P>> computeValue(Class<?> type) {
            SoftReference<Maker<D, O, P>> reference = new SoftReference<>(generate(type));
            known.removeIf(one -> one.get() == null);
            known.add(reference);
            return reference;
        }
    };

    ProxyFamily(Class<D> delegateType, Class<O> originType, Class<P> policy) {
        this.delegateType = delegateType;
        this.originType = originType;
        this.policy = policy;
    }

    /** A new object of ours over this raw one. */
    P make(D delegate, O origin) {
        Class<?> type = delegate.getClass();
        Maker<D, O, P> maker = makers.get(type).get();
        while (maker == null) {
            makers.remove(type);
            maker = makers.get(type).get();
        }
        return maker.make(delegate, origin);
    }

    /** Lets all generated classes go. Objects in use stay as they are. */
    void forget() {
        known.forEach(SoftReference::clear);
        known.clear();
    }

    private Maker<D, O, P> generate(Class<?> type) {
        Set<Class<?>> interfaces = ChosenColumns.class.isAssignableFrom(policy) ? Set.of(delegateType) : DelegateInterfaces.of(type);
        DynamicType.Unloaded<P> generated = new ByteBuddy(ClassFileVersion.JAVA_V17)
                .with(TypeValidation.DISABLED)
                .subclass(policy, ConstructorStrategy.Default.IMITATE_SUPER_CLASS_PUBLIC)
                .name(policy.getName() + "$" + type.getSimpleName())
                .implement(interfaces.toArray(Class<?>[]::new))
                .method(ElementMatchers.isAbstract().or(ElementMatchers.isDefaultMethod()))
                .intercept(new DirectCall(policy))
                .make();
        return load(generated, DelegateInterfaces.parentLoader(policy, type, interfaces));
    }

    /** Loads the class together with one that calls its constructor: neither reflection nor a cast is left for later. */
    @SuppressWarnings("unchecked")
    private Maker<D, O, P> load(DynamicType.Unloaded<P> generated, ClassLoader parent) {
        DynamicType.Unloaded<?> maker = new ByteBuddy(ClassFileVersion.JAVA_V17)
                .subclass(Maker.class)
                .name(generated.getTypeDescription().getName() + "$Maker")
                .method(ElementMatchers.named("make"))
                .intercept(MethodCall.construct(generated.getTypeDescription().getDeclaredMethods().filter(ElementMatchers.isConstructor()).getOnly())
                        .withArgument(0, 1)
                        .withAssigner(Assigner.DEFAULT, Assigner.Typing.DYNAMIC))
                .make();
        try {
            return (Maker<D, O, P>) maker.include(generated).load(parent, ClassLoadingStrategy.Default.WRAPPER).getLoaded().getConstructor().newInstance();
        } catch (ReflectiveOperationException broken) {
            throw new LinkageError(generated.getTypeDescription().getName() + " cannot be made", broken);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import java.util.Collection;

/** Lets every durable step be done, and notes it afterwards. As thread-safe as what it notes them in. */
record NotingSteps(Collection<DurableStep> steps) implements StepGuard {

    @Override
    public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
        T result = effect.run();
        steps.add(step);
        return result;
    }
}

//! One scenario: a world and a runtime of its own, its steps in order until one does not hold.

use crate::{
    Aftermath, Case, Failure, PlannedStep, Run, RunOptions, StepRun, StepStatus, World,
    definitions::{Definitions, Meaning},
    panics, wall,
};

/// Runs `case` on this thread.
pub(crate) fn execute(case: &Case, definitions: &Definitions, options: &RunOptions, worker: usize) -> Run {
    panics::listen();
    let (started, clock) = (wall::timestamp(), wall::instant());
    let played = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(play(case, definitions, options)),
        Err(error) => Played::impossible(case, Failure { message: error.to_string(), place: None }),
    };
    let Played { setup, steps, aftermath } = played;
    let Aftermath { journal, screens, problems } = aftermath;
    Run { started, duration: clock.elapsed(), worker, setup, steps, problems, journal, screens }
}

struct Played {
    setup: Option<Failure>,
    steps: Vec<StepRun>,
    aftermath: Aftermath,
}

impl Played {
    fn impossible(case: &Case, failure: Failure) -> Self {
        let steps = case.steps.iter().map(|_| skipped()).collect();
        Self { setup: Some(failure), steps, aftermath: Aftermath::default() }
    }
}

async fn play(case: &Case, definitions: &Definitions, options: &RunOptions) -> Played {
    let mut world = match begin(case, options).await {
        Ok(world) => world,
        Err(failure) => return Played::impossible(case, failure),
    };
    let mut steps: Vec<StepRun> = Vec::with_capacity(case.steps.len());
    for step in &case.steps {
        let holds_so_far = steps.last().is_none_or(StepRun::passed);
        steps.push(if holds_so_far { take(&mut world, step, definitions).await } else { skipped() });
    }
    let end = panics::catch(async move {
        let aftermath = world.finish();
        drop(world);
        aftermath
    });
    let aftermath = end.await.unwrap_or_else(|failure| Aftermath {
        problems: vec![format!("the lab could not be taken down: {failure}")],
        ..Aftermath::default()
    });
    Played { setup: None, steps, aftermath }
}

async fn begin(case: &Case, options: &RunOptions) -> Result<World, Failure> {
    let created = panics::catch(<World as cucumber::World>::new()).await?;
    let mut world = created.map_err(|error| Failure { message: format!("{error:#}"), place: None })?;
    panics::catch(async { world.begin(options.seed, case, &options.scenarios) }).await?;
    Ok(world)
}

async fn take(world: &mut World, planned: &PlannedStep, definitions: &Definitions) -> StepRun {
    let (started, clock) = (wall::timestamp(), wall::instant());
    let status = match definitions.meaning(&planned.step) {
        Meaning::Step(step) => match panics::catch(async { (step.call)(world, step.context).await }).await {
            Ok(()) => StepStatus::Passed,
            Err(failure) => StepStatus::Failed(failure),
        },
        Meaning::Nothing { nearest } => StepStatus::Undefined { nearest },
        Meaning::Several { candidates } => StepStatus::Ambiguous { candidates },
    };
    StepRun { started, duration: clock.elapsed(), status }
}

fn skipped() -> StepRun {
    StepRun { started: wall::timestamp(), duration: std::time::Duration::ZERO, status: StepStatus::Skipped }
}

//! What the assistant knows: the business, its articles and its flows, from the configuration's files (or those of the
//! demo shop) and from what was published.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};
use assistant::flow_library::{FlowFiles, FlowLibrary};
use assistant::library::Library;
use assistant::{Business, Flows, Knowledge, Known};

use crate::config::{Config, ContentFiles, DemoConfig, DeskConfig};
use crate::data::DataFolder;
use crate::demo_content;

/// All of it, and nothing in it leads nowhere.
pub(crate) struct Content {
    pub(crate) business: Business,
    pub(crate) knowledge: Knowledge,
    pub(crate) flows: Flows,
}

/// Where an installation keeps what was published.
pub(crate) struct Libraries {
    pub(crate) articles: Library,
    pub(crate) flows: FlowLibrary,
}

/// What was published: it goes before what the configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    /// Paths and texts of articles. One goes before an article of the same id and language.
    pub(crate) articles: Vec<(String, String)>,
    /// Flows, in the place of all others.
    pub(crate) flows: Option<FlowFiles>,
}

impl Libraries {
    pub(crate) fn of(data: &DataFolder) -> Self {
        Self {
            articles: Library::at(&data.path().join(DataFolder::KNOWLEDGE)),
            flows: FlowLibrary::at(&data.path().join(DataFolder::FLOWS)),
        }
    }

    /// When something was last published or imported, as the folders say; cheap enough to ask often.
    pub(crate) fn changed(&self) -> [Option<SystemTime>; 2] {
        let modified = |folder: &Path| fs::metadata(folder).and_then(|found| found.modified()).ok();
        [modified(self.articles.folder()), modified(self.flows.folder())]
    }

    /// What is live.
    pub(crate) fn live(&self) -> Result<Published> {
        Ok(Published {
            articles: self.articles.live().context("read the published articles")?,
            flows: self.flows.live().context("read the published flows")?,
        })
    }
}

impl Content {
    /// Reads all of it.
    pub(crate) fn load(config: &Config, published: &Published) -> Result<Self> {
        let declared = config.desk.content.as_ref().map(business).transpose()?;
        Self::of(declared, &config.desk, &config.demo, published)
    }

    /// The same where the business's file was read before.
    pub(crate) fn of(
        declared: Option<Business>,
        desk: &DeskConfig,
        demo: &DemoConfig,
        published: &Published,
    ) -> Result<Self> {
        let (business, others) = match (declared, &desk.content) {
            (Some(business), Some(files)) => (business, articles(files)?),
            (None, _) | (_, None) => (demo_content::business(demo)?, demo_content::articles()?),
        };
        tracing::info!(
            published = published.articles.len(),
            others = others.articles().len(),
            "the articles are read"
        );
        let knowledge = if published.articles.is_empty() {
            others
        } else {
            others.with_files(published.articles.iter().cloned()).context("read the published articles")?
        };
        let flows = flows(desk, published.flows.as_ref(), &business, &knowledge)?;
        Ok(Self { business, knowledge, flows })
    }
}

/// The operator's business file.
pub(crate) fn business(files: &ContentFiles) -> Result<Business> {
    Business::load(&files.business).context("read the business file")
}

fn articles(files: &ContentFiles) -> Result<Knowledge> {
    match &files.knowledge {
        Some(folder) => Knowledge::load(folder).context("read the articles"),
        None => Knowledge::from_articles(Vec::new()).context("begin without articles"),
    }
}

/// The published flows; else those of the configuration's folder; none without either.
fn flows(
    desk: &DeskConfig,
    published: Option<&FlowFiles>,
    business: &Business,
    knowledge: &Knowledge,
) -> Result<Flows> {
    let known = Known { tools: &business.tools, articles: &knowledge.ids() };
    let folder = desk.content.as_ref().map(|files| files.flows.as_deref());
    if let Some(FlowFiles { version, files }) = published {
        if let Some(Some(folder)) = folder {
            tracing::info!(version, not_read = %folder.display(), "the published flows go before desk.flows");
        } else {
            tracing::info!(version, "the published flows are read");
        }
        return Flows::from_files(files.iter().cloned(), known).with_context(|| {
            format!("read version {version} of the published flows (`sotto flows publish` takes others)")
        });
    }
    match folder {
        None => Flows::from_files(demo_content::flows()?, known).context("read the demo shop's flows"),
        Some(None) => Ok(Flows::default()),
        Some(Some(folder)) => {
            tracing::info!(folder = %folder.display(), "the flows of desk.flows are read");
            Flows::load(folder, known).context("read the flows (`sotto flows check` says more)")
        }
    }
}

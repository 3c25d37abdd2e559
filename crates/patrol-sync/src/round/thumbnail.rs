//! Sending a thumbnail: small, unsigned, made again at will.

use patrol_store::PendingPhoto;

use super::{Round, SyncEvent};
use crate::error::SyncError;
use crate::transport::Transport;

impl<T: Transport> Round<'_, T> {
    pub(super) async fn send_thumbnail(&self, photo: PendingPhoto) -> Result<(), SyncError> {
        let store = self.host.store();
        let jpeg = store.thumbnail(photo.sha256)?;
        self.count_sent(jpeg.len() as u64);
        self.transport.put_thumbnail(&self.access, photo.sha256, jpeg).await?;
        store.record_thumbnail(photo.sha256)?;
        self.host.hear(SyncEvent::Thumbnail(photo.sha256));
        Ok(())
    }
}
